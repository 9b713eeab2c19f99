"""
Loads registered models by their alias with MLflow's client and predicts: predict_by_alias.py SERVER CASES

CASES is a folder; each folder below has the name of a model in name.txt and its rows in rows.json: texts, or objects with text and text_pair. Into each goes answers.json: what pyfunc
answers, what it answers at params={"calibrated": false} where it has that parameter, what pyfunc answers through the model's input example, the ids in its MLmodel, and what the
transformers flavor answers where the model has it.
"""

import json
import pathlib
import sys

import mlflow
import pandas
import torch
import transformers

torch.set_num_threads(1)
transformers.logging.set_verbosity_error()
mlflow.set_tracking_uri(sys.argv[1])


def records(answer):
    return json.loads(answer.to_json(orient="records", double_precision=15))


def native(uri, rows, entities):
    pipeline = mlflow.transformers.load_model(uri)
    if entities:
        return [[{"start": int(span["start"]), "end": int(span["end"]), "label": span["entity_group"]} for span in found] for found in pipeline(rows, aggregation_strategy="first")]
    rows = [row if isinstance(row, str) else dict(row) for row in rows]
    return [{answer["label"]: answer["score"] for answer in found} for found in pipeline(rows, truncation=True, top_k=None)]


for own in sorted(path for path in pathlib.Path(sys.argv[2]).iterdir() if path.is_dir()):
    uri = f"models:/{(own / 'name.txt').read_text()}@champion"
    rows = json.loads((own / "rows.json").read_text(encoding="utf-8"))
    given = rows if isinstance(rows[0], str) else pandas.DataFrame(rows)
    model = mlflow.pyfunc.load_model(uri)
    description = model.metadata
    found = {"answers": records(model.predict(given))}
    if description.get_params_schema() is not None:
        found["own"] = records(model.predict(given, params={"calibrated": False}))
    found["example"] = records(model.predict(pandas.DataFrame(model.input_example) if isinstance(rows[0], dict) else model.input_example))
    found["ids"] = {"model_uuid": description.model_uuid, "run_id": description.run_id, "model_id": description.model_id}
    if "transformers" in description.flavors:
        found["native"] = native(uri, rows, "entities" in found["answers"][0])
    (own / "answers.json").write_text(json.dumps(found), encoding="utf-8")
