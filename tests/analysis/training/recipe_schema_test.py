"""Recipes of ours and what the program prints of them keep to the schema that it prints, as the jsonschema package sees it.

    python3 recipe_schema_test.py PROGRAM RECIPES_FOLDER
"""
import copy
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

import jsonschema

PROGRAM, RECIPES = (pathlib.Path(a).resolve() for a in sys.argv[1:3])


def said(*arguments):
    return json.loads(subprocess.run([PROGRAM, "train", *arguments], check=True, capture_output=True).stdout)


SCHEMA = said("--schema")
VALIDATOR = jsonschema.Draft202012Validator(SCHEMA)
TINY = json.loads((RECIPES / "tiny.json").read_text(encoding="utf-8"))


class Schema(unittest.TestCase):
    def status_of(self, recipe):
        with tempfile.TemporaryDirectory(prefix="gatescope-schema-") as folder:
            path = pathlib.Path(folder) / "recipe.json"
            path.write_text(json.dumps(recipe), encoding="utf-8")
            return subprocess.run([PROGRAM, "train", "--print", path], capture_output=True, check=False).returncode

    def test_is_a_schema_of_its_draft(self):
        self.assertEqual(SCHEMA["$schema"], "https://json-schema.org/draft/2020-12/schema")
        jsonschema.Draft202012Validator.check_schema(SCHEMA)

    def test_takes_every_recipe_of_ours_as_it_stands_and_as_it_is_printed(self):
        ids = sorted(path.stem for path in RECIPES.glob("*.json"))
        self.assertEqual(sorted(recipe["name"] for recipe in said("--recipes", "--json")), ids)
        for name in ids:
            with self.subTest(name):
                VALIDATOR.validate(json.loads((RECIPES / f"{name}.json").read_text(encoding="utf-8")))
                VALIDATOR.validate(said("--print", name))

    def test_explains_every_field_and_its_default_is_allowed(self):
        for section in ("model", "data", "gate", "train", "report"):
            for key, field in SCHEMA["properties"][section]["properties"].items():
                with self.subTest(f"{section}.{key}"):
                    self.assertTrue(field["title"] and field["description"])
                    jsonschema.Draft202012Validator(field).validate(field["default"])

    def test_refuses_what_the_program_refuses(self):
        for section, key, value in (("train", "steps", 0), ("train", "steps", "many"), ("train", "step", 1),
                                    ("train", "precision", "half"), ("model", "family", "gpt3"), ("data", "text", []),
                                    ("train", "parts", ["querys"]), ("gate", "train", 1)):
            with self.subTest(f"{section}.{key} {value}"):
                recipe = copy.deepcopy(TINY)
                recipe[section][key] = value
                self.assertFalse(VALIDATOR.is_valid(recipe))
                self.assertEqual(self.status_of(recipe), 2)


if __name__ == "__main__":
    unittest.main(argv=sys.argv[:1])
