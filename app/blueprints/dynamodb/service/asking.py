"""How a change is asked of DynamoDB: refusals that are about what was typed go to its form."""

from app.declined import asking

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
ABOUT_INPUT = {
    "ValidationException",
    "ResourceInUseException",
    "LimitExceededException",
    "ItemCollectionSizeLimitExceededException",
}
asked = asking(ABOUT_INPUT)
