"""scripts/lint.py finds what it promises to find, and nothing in what is right."""

import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "scripts"))
import lint  # noqa: E402


def findings(path, text):
    return [str(finding) for finding in lint.check_file(path, text)]


def header(*lines):
    return "\n".join(("#pragma once", *lines, ""))


class Includes(unittest.TestCase):
    def test_torch_is_refused_where_results_are_plain(self):
        include = '#include <ATen/core/Tensor.h>'
        for path in ("app/window/panels/attention.cpp", "app/cli/info.cpp", "captures/writer.cpp"):
            self.assertEqual(len(findings(path, include)), 1, path)

    def test_torch_is_found_behind_other_headers(self):
        texts = {
            "app/window/panel.cpp": '#include "app/engine/session.h"',
            "app/engine/session.h": '#include "analysis/collector.h"\n#include "analysis/results.h"',
            "analysis/collector.h": "#include <ATen/core/Tensor.h>",
            "analysis/results.h": "#include <vector>",
        }
        found = [str(finding) for finding in lint.torch_findings(texts)]
        self.assertEqual(len(found), 1)
        self.assertIn("panel.cpp -> app/engine/session.h -> analysis/collector.h", found[0])
        texts["app/engine/session.h"] = '#include "analysis/results.h"'
        self.assertEqual(list(lint.torch_findings(texts)), [])

    def test_what_the_window_sees_of_the_model_is_free_of_torch(self):
        for path in ("analysis/results.h", "model/gates/gate_info.h", "model/core/error.h"):
            found = list(lint.torch_findings({path: "#include <ATen/core/Tensor.h>"}))
            self.assertEqual([finding.path for finding in found], [path])

    def test_torch_is_allowed_in_model_and_in_sources_of_analysis_and_engine(self):
        include = '#include <ATen/ops/softmax.h>'
        for path in ("model/transformer/attention.cpp", "analysis/collector.cpp", "app/engine/session.cpp"):
            self.assertEqual(findings(path, include), [], path)

    def test_the_umbrella_header_of_torch_is_refused_everywhere(self):
        self.assertEqual(len(findings("model/transformer/attention.cpp", "#include <torch/torch.h>")), 1)

    def test_dear_imgui_stays_in_the_window(self):
        self.assertEqual(len(findings("app/engine/session.cpp", '#include "imgui.h"')), 1)
        self.assertEqual(len(findings("app/cli/verbs.cpp", "#include <implot.h>")), 1)
        self.assertEqual(findings("app/window/theme.cpp", "#include <imgui.h>"), [])

    def test_hdf5_stays_in_captures(self):
        self.assertEqual(len(findings("analysis/collector.cpp", "#include <hdf5.h>")), 1)
        self.assertEqual(len(findings("app/cli/capture.cpp", "#include <H5Dpublic.h>")), 1)
        self.assertEqual(findings("captures/h5.cpp", "#include <hdf5_hl.h>"), [])

    def test_opengl_stays_in_its_two_files(self):
        self.assertEqual(len(findings("app/window/panels/attention.cpp", "#include <GL/gl.h>")), 1)
        self.assertEqual(findings("app/window/texture_gl.cpp", "#include <GL/gl.h>"), [])

    def test_a_layer_never_includes_one_above_it(self):
        self.assertEqual(len(findings("model/transformer/block.cpp", '#include "analysis/results.h"')), 1)
        self.assertEqual(len(findings("app/engine/session.cpp", '#include "app/window/shell.h"')), 1)
        self.assertEqual(len(findings("app/window/shell.cpp", '#include "app/cli/verbs.h"')), 1)
        self.assertEqual(len(findings("app/cli/verbs.cpp", '#include "app/window/shell.h"')), 1)

    def test_a_layer_may_skip_down(self):
        self.assertEqual(findings("app/window/shell.cpp", '#include "model/config.h"'), [])
        self.assertEqual(findings("app/main.cpp", '#include "app/window/shell.h"\n#include "app/cli/verbs.h"'), [])


class Sizes(unittest.TestCase):
    def test_a_long_file_warns_then_fails(self):
        self.assertEqual(findings("model/a.cpp", "int a;\n" * 400), [])
        warned = list(lint.check_file("model/a.cpp", "int a;\n" * 401))
        self.assertEqual([finding.fails for finding in warned], [False])
        failed = list(lint.check_file("model/a.cpp", "int a;\n" * 601))
        self.assertEqual([finding.fails for finding in failed], [True])

    def test_a_long_function_is_found_with_its_length(self):
        for before, head in (("", "void f()"), ("struct A {\n", "int f() const"), ("namespace a {\n", "auto A::f(int x) -> int")):
            for lines, wanted in ((78, []), (79, ["81 lines"])):
                text = before + head + " {\n" + "  g();\n" * lines + "}\n" + ("}\n" if before else "")
                found = [lint_line.split(" of ")[1].split(";")[0] for lint_line in findings("model/a.cpp", text)]
                self.assertEqual(found, wanted, head)

    def test_braces_in_comments_and_literals_do_not_count(self):
        text = 'void f() {\n  // {\n  g("{", \'{\');\n}\n' + "int x;\n" * 90 + "void h() {}\n"
        self.assertEqual(findings("model/a.cpp", text), [])

    def test_namespaces_and_types_and_tables_may_be_long(self):
        filler = "    int a;\n" * 100
        for head in ("namespace gatescope", "struct Results", "enum class Kind : int", "constexpr int kTable[] ="):
            self.assertEqual(findings("model/a.cpp", f"{head} {{\n{filler}}};\n"), [], head)


class Names(unittest.TestCase):
    def test_a_header_without_pragma_once_is_found(self):
        self.assertEqual(len(findings("model/a.h", "int a();\n")), 1)

    def test_utils_are_refused(self):
        for path in ("model/utils.cpp", "model/string_util.cpp", "app/engine/helpers.cpp", "model/utils/split.cpp"):
            self.assertEqual(len(findings(path, "")), 1, path)

    def test_sources_are_snake_case(self):
        self.assertEqual(len(findings("model/ModelConfig.cpp", "")), 1)

    def test_tests_say_that_they_are(self):
        test = "TEST(Gguf, ReadsItsHeader) {}\n"
        self.assertEqual(len(findings("tests/model/gguf.cpp", test)), 1)
        self.assertEqual(findings("tests/model/gguf_test.cpp", test), [])
        self.assertEqual(findings("tests/model/random_text.cpp", ""), [])

    def test_paths_of_one_machine_are_found(self):
        for path in ("/ho" + "me/ada/model.gguf", "/ro" + "ot/.cache/x", "-I/op" + "t/torch"):
            text = f'auto p = "{path}";\n' if path[0] == "/" else f"set(flags = {path[2:]})\n"
            self.assertEqual(len(findings("model/a.cpp", text)), 1, path)
        self.assertEqual(findings("model/a.cpp", '#include "model/config.h"  // model/root/x\n'), [])
        self.assertEqual(findings("tests/a_test.cpp", 'auto p = "/home/someone/x";\n'), [])


if __name__ == "__main__":
    unittest.main()
