"""Scripts for Spark jobs, in the form that Glue Studio gives them: a source, a mapping, a target."""

from string import Template

from app.blueprints.glue.service.recipes.columns import SPARK, Column, quoted

_SCRIPT = '''"""$title"""

import sys

from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.transforms import ApplyMapping
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

args = getResolvedOptions(sys.argv, ["JOB_NAME", "INPUT", "OUTPUT"])
glueContext = GlueContext(SparkContext())
job = Job(glueContext)
job.init(args["JOB_NAME"], args)

source = glueContext.create_dynamic_frame.from_options(
    connection_type="s3",
    connection_options={"paths": [args["INPUT"]], "recurse": True},
    format="csv",
    format_options={"withHeader": True, "separator": ",", "quoteChar": '"', "multiLine": True},
    transformation_ctx="source",
)
# Column of the CSV, its type, name in the target, type there. What is not named is dropped.
mapped = ApplyMapping.apply(
    frame=source,
    mappings=[
$mappings
    ],
    transformation_ctx="mapped",
)
glueContext.write_dynamic_frame.from_options(
    frame=mapped,
    connection_type="s3",
    connection_options={"path": args["OUTPUT"]},
    format="$format",
    transformation_ctx="target",
)
print(f"{mapped.count()} rows written below {args['OUTPUT']}")
job.commit()
'''


def csv_to(form: str, columns: tuple[Column, ...]) -> str:
    """Return the script that makes `form` (json, parquet) of a CSV."""
    mappings = "\n".join(
        f'        ({quoted(one.source)}, "string", {quoted(one.name)}, "{SPARK[one.kind]}"),'
        for one in columns
        if one.keep
    )
    words = {"json": "JSON lines", "parquet": "Parquet"}[form]
    return Template(_SCRIPT).substitute(title=f"Turns a CSV in S3 into {words}.", mappings=mappings, format=form)
