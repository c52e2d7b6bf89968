"""Answers queries with chdb: a line of JSON in, a line of JSON out."""

import json
import sys

from chdb import session

database = session.Session()
for line in sys.stdin:
    query, form = json.loads(line)
    try:
        answer = {"text": database.query(query, form).bytes().decode("utf-8", "replace")}
    except Exception as error:  # whatever ClickHouse says is the answer
        answer = {"error": str(error)}
        # What a failed query had written already comes before the result of the next one.
        database.query("SELECT 1", form)
    print(json.dumps(answer), flush=True)
