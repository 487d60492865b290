"""The same on Spark, in the form that Glue Studio gives a visual job: a source, a mapping, a target."""

import sys

from awsglue.context import GlueContext
from awsglue.job import Job
from awsglue.transforms import ApplyMapping
from awsglue.utils import getResolvedOptions
from pyspark.context import SparkContext

args = getResolvedOptions(sys.argv, ["JOB_NAME", "INPUT", "OUTPUT"])
sc = SparkContext()
glueContext = GlueContext(sc)
spark = glueContext.spark_session
job = Job(glueContext)
job.init(args["JOB_NAME"], args)

addresses = glueContext.create_dynamic_frame.from_options(
    connection_type="s3",
    connection_options={"paths": [args["INPUT"]], "recurse": True},
    format="csv",
    format_options={"quoteChar": '"', "withHeader": True, "separator": ","},
    transformation_ctx="addresses",
)
mapped = ApplyMapping.apply(
    frame=addresses,
    mappings=[
        ("id", "string", "id", "long"),
        ("location_id", "string", "location_id", "long"),
        ("address_1", "string", "street", "string"),
        ("city", "string", "city", "string"),
        ("state_province", "string", "state", "string"),
    ],
    transformation_ctx="mapped",
)
glueContext.write_dynamic_frame.from_options(
    frame=mapped,
    connection_type="s3",
    connection_options={"path": args["OUTPUT"], "partitionKeys": []},
    format="json",
    transformation_ctx="target",
)
print(f"{mapped.count()} rows written below {args['OUTPUT']}")
job.commit()
