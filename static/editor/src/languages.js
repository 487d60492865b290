// The languages of the editor, by the name that a page gives in data-language.
import { json, jsonParseLinter } from "@codemirror/lang-json";
import { python } from "@codemirror/lang-python";
import { MariaSQL, MySQL, PostgreSQL, SQLDialect, sql } from "@codemirror/lang-sql";
import { linter } from "@codemirror/lint";
import { logsInsights } from "./insights.js";

// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ql-reference.html
const PartiQL = SQLDialect.define({
  keywords:
    "select from where insert into value values update set remove delete and or not in is missing between order by asc desc limit exists returning all old new modified",
  types: "string number binary boolean null list map missing",
  builtin: "begins_with contains size attribute_type exists list_append set_add set_delete",
  doubleQuotedStrings: false,
  identifierQuotes: '"',
});

const DIALECTS = { mysql: MySQL, mariadb: MariaSQL, postgres: PostgreSQL, partiql: PartiQL };

/** The extensions of a language; `schema` (tables and their columns, or fields of events) feeds the completion. */
export function language(name, schema) {
  if (name === "json") return [json(), linter(jsonParseLinter())];
  if (name === "insights") return logsInsights(schema);
  if (name === "python") return [python()];
  if (name in DIALECTS) return [sql({ dialect: DIALECTS[name], schema, upperCaseKeywords: true })];
  return [];
}
