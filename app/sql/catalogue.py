"""The catalogue queries of both families, by name; each gives the same columns in both."""

MYSQL = {
    "databases": "SELECT schema_name FROM information_schema.schemata WHERE schema_name NOT IN "
    "('information_schema', 'performance_schema', 'mysql', 'sys') ORDER BY schema_name",
    "tables": "SELECT table_schema, table_name, IF(table_type LIKE '%VIEW', 'view', 'table'), table_rows, "
    "table_comment FROM information_schema.tables WHERE table_schema = DATABASE() ORDER BY table_name",
    "names": "SELECT table_name, column_name FROM information_schema.columns WHERE table_schema = DATABASE() "
    "ORDER BY table_name, ordinal_position",
    "columns": "SELECT c.column_name, c.column_type, c.is_nullable = 'YES', c.column_default, "
    "(SELECT s.seq_in_index FROM information_schema.statistics s WHERE s.table_schema = :schema "
    "AND s.table_name = :table AND s.index_name = 'PRIMARY' AND s.column_name = c.column_name), "
    "c.extra REGEXP 'auto_increment|GENERATED|VIRTUAL|STORED|PERSISTENT', c.column_comment "
    "FROM information_schema.columns c WHERE c.table_schema = :schema AND c.table_name = :table "
    "ORDER BY c.ordinal_position",
    "indexes": "SELECT index_name, column_name, non_unique = 0, index_name = 'PRIMARY' "
    "FROM information_schema.statistics WHERE table_schema = :schema AND table_name = :table "
    "ORDER BY index_name, seq_in_index",
    "foreign": "SELECT constraint_name, column_name, referenced_table_schema, referenced_table_name, "
    "referenced_column_name FROM information_schema.key_column_usage WHERE table_schema = :schema "
    "AND table_name = :table AND referenced_table_name IS NOT NULL ORDER BY constraint_name, ordinal_position",
}

_TABLE = (
    "(SELECT c.oid FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = :schema AND c.relname = :table)"
)

_POSTGRES = {
    "databases": "SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate "
    "AND has_database_privilege(oid, 'CONNECT') ORDER BY datname",
    "tables": "SELECT n.nspname, c.relname, CASE WHEN c.relkind IN ('v', 'm') THEN 'view' ELSE 'table' END, "
    "CASE WHEN c.relkind = 'v' THEN NULL ELSE c.reltuples::bigint END, obj_description(c.oid, 'pg_class') "
    "FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') "
    "AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' "
    "AND has_schema_privilege(n.oid, 'USAGE') ORDER BY n.nspname <> 'public', n.nspname, c.relname",
    "names": "SELECT CASE WHEN n.nspname = 'public' THEN c.relname ELSE n.nspname || '.' || c.relname END, a.attname "
    "FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND a.attnum > 0 AND NOT a.attisdropped "
    "AND n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' ORDER BY n.nspname, c.relname, a.attnum",
    "columns": "SELECT a.attname, format_type(a.atttypid, a.atttypmod), NOT a.attnotnull, "
    "pg_get_expr(d.adbin, d.adrelid), array_position(i.indkey::int2[], a.attnum) + 1, "
    "a.attidentity <> '' OR a.attgenerated <> '' OR coalesce(pg_get_expr(d.adbin, d.adrelid), '') LIKE 'nextval(%', "
    "col_description(a.attrelid, a.attnum) FROM pg_attribute a "
    "LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum "
    "LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary "
    "WHERE a.attrelid = @TABLE AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum",
    "indexes": "SELECT c.relname, a.attname, i.indisunique AND i.indpred IS NULL AND i.indexprs IS NULL, "
    "i.indisprimary "
    "FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid "
    "CROSS JOIN LATERAL unnest(i.indkey::int2[]) WITH ORDINALITY AS k(n, place) "
    "LEFT JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = k.n AND k.n > 0 "
    "WHERE i.indrelid = @TABLE AND i.indisvalid AND k.place <= i.indnkeyatts ORDER BY c.relname, k.place",
    "foreign": "SELECT o.conname, a.attname, n.nspname, c.relname, b.attname FROM pg_constraint o "
    "CROSS JOIN LATERAL unnest(o.conkey, o.confkey) WITH ORDINALITY AS k(own, other, place) "
    "JOIN pg_attribute a ON a.attrelid = o.conrelid AND a.attnum = k.own "
    "JOIN pg_attribute b ON b.attrelid = o.confrelid AND b.attnum = k.other "
    "JOIN pg_class c ON c.oid = o.confrelid JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE o.contype = 'f' AND o.conrelid = @TABLE ORDER BY o.conname, k.place",
}

POSTGRES = {name: text.replace("@TABLE", _TABLE) for name, text in _POSTGRES.items()}
