"""Which backend a variant runs on, with real files on the real runtime: chosen, asked for, refused, fallen back from."""

import json
import shutil
import struct

import support

PTES = support.SOURCE / "tests/data/pte"
TENSORS = {
    "inputs": [support.tensor("chunk", [1, 10]), support.tensor("h", [1, 3]), support.tensor("c", [1, 3])],
    "outputs": [support.tensor("score", [1, 1]), support.tensor("h", [1, 3]), support.tensor("c", [1, 3])],
}
CHUNK, STATE = 8, 3


class Backends(support.CliTest):
    """A recurrent model of a few hundred bytes (tests/data/pte/README.md, vad_*.pte), lowered in several ways."""

    def suite_of(self, *variants: dict, **overrides) -> object:
        wav = self.folder / "clip.wav"
        support.write_wav(wav, support.make_samples(20 * CHUNK))
        case = self.case("clip", support.make_samples(20 * CHUNK))
        golden = {"scores": ([20], [0.5] * 20), "state_h": ([20, STATE], [0.0] * 20 * STATE),
                  "state_c": ([20, STATE], [0.0] * 20 * STATE)}
        data = (self.folder / "clip.safetensors").read_bytes()
        length = struct.unpack("<Q", data[:8])[0]
        metadata = json.loads(data[8:8 + length])["__metadata__"]
        metadata |= {"chunk_samples": str(CHUNK), "context_samples": "2"}
        support.write_safetensors(self.folder / "clip.safetensors", golden, metadata)
        model = {"name": "fake", "weights": "seeded", **TENSORS,
                 "state": [{"input": "h", "output": "h"}, {"input": "c", "output": "c"}], "variants": variants}
        vad = {"sample_rate_hz": 16000, "chunk_samples": CHUNK, "context_samples": 2, "threshold": 0.5}
        return self.suite(list(variants), [case], model=model, vad=vad, thresholds=[], **overrides)

    def variant(self, own: str, **others: str) -> dict:
        for name in {own, *others.values()}:
            shutil.copy(PTES / name, self.folder)
        return {"name": "fp32", "pte": own, "other_backends": {key: {"pte": name} for key, name in others.items()}}

    def run_suite(self, suite: object, *arguments: object):
        return self.run_assay("run", suite, "--db", self.db, "--repeat", 20, "--format", "json", *arguments)

    def cells_by_backend(self) -> dict[str, tuple[str, str, str]]:
        rows = self.query("SELECT backend, status, stage, reason FROM cell")
        return {backend: (status, stage, reason) for backend, status, stage, reason in rows}

    def test_each_backend_that_is_asked_for_is_a_column_and_they_agree(self):
        suite = self.suite_of(self.variant("vad_xnnpack.pte", portable="vad_portable.pte"))
        result = self.run_suite(suite, "--backend", "xnnpack,portable")
        self.assert_exit(result, 0)
        self.assertEqual({key: cell[0] for key, cell in self.cells_by_backend().items()},
                         {"xnnpack": "pass", "portable": "pass"})
        self.assertEqual(dict(self.query("SELECT cell.backend, worker.backends FROM cell JOIN worker USING (worker_id)")),
                         {"xnnpack": '["XnnpackBackend"]', "portable": "[]"})
        compared = self.run_assay("compare", "--axis", "backend", "xnnpack", "portable", "--db", self.db)
        self.assertIn("portable is", compared.stdout)

    def test_the_first_wish_that_can_run_is_taken_and_the_reasons_are_stored(self):
        suite = self.suite_of(self.variant("vad_xnnpack.pte", portable="vad_portable.pte"),
                              backends=["qnn", "portable", "xnnpack"])
        result = self.run_suite(suite)
        self.assert_exit(result, 0)
        self.assertEqual(set(self.cells_by_backend()), {"portable"})
        words = json.loads(result.stdout)["backends"]["backend:fake/fp32"]
        self.assertEqual(words, "portable; not qnn: the suite has no .pte for it; "
                                "not xnnpack: portable comes first")
        facts = dict(self.query("SELECT key, value FROM run_device_fact"))
        self.assertEqual(facts["backend:fake/fp32"], words)

    def test_a_pte_that_needs_an_absent_backend_is_a_named_failure(self):
        suite = self.suite_of(self.variant("vad_absent.pte", portable="vad_portable.pte"),
                              backends=["xnnpack", "portable"])
        self.assert_exit(self.run_suite(suite), 1)
        status, stage, reason = self.cells_by_backend()["xnnpack"]
        self.assertEqual((status, stage), ("error", "backend"))
        self.assertIn("needs AssayAbsentBackend, which the runtime of this program does not have", reason)
        self.assertIn('"fallback": true', reason)

    def test_with_fallback_the_next_backend_runs_and_the_reason_is_kept(self):
        suite = self.suite_of(self.variant("vad_absent.pte", portable="vad_portable.pte"),
                              backends=["xnnpack", "portable"], fallback=True)
        result = self.run_suite(suite)
        self.assert_exit(result, 0)
        self.assertEqual(self.cells_by_backend()["portable"][0], "pass")
        self.assertIn("portable; not xnnpack:", json.loads(result.stdout)["backends"]["backend:fake/fp32"])
        self.assertIn("AssayAbsentBackend", json.loads(result.stdout)["backends"]["backend:fake/fp32"])

    def test_with_fallback_a_variant_that_nothing_can_run_gives_way_to_the_next_and_the_run_passes(self):
        next_one = {**self.variant("vad_xnnpack.pte"), "name": "int8"}
        suite = self.suite_of(self.variant("vad_absent.pte"), next_one, backends=["xnnpack"], fallback=True)
        self.assert_exit(self.run_suite(suite), 0)
        cells = {row[0]: row[1:] for row in self.query("SELECT variant, status, stage, reason FROM cell")}
        self.assertEqual((cells["fp32"][0], cells["fp32"][1], cells["int8"][0]), ("skipped", "backend", "pass"))
        self.assertRegex(cells["fp32"][2], "AssayAbsentBackend.*; int8 is run instead")

    def test_without_a_wish_list_the_absent_backend_is_named_too(self):
        self.assert_exit(self.run_suite(self.suite_of(self.variant("vad_absent.pte"))), 1)
        self.assertIn("AssayAbsentBackend", self.cells_by_backend()["xnnpack"][2])

    def test_a_backend_that_no_variant_has_a_file_for_is_a_wrong_request(self):
        for request in ("vulkan", "fp32=vulkan", "int8=xnnpack"):
            result = self.run_suite(self.suite_of(self.variant("vad_xnnpack.pte")), "--backend", request)
            self.assert_exit(result, 2)
            self.assertIn(f"no variant of this run has a .pte for the backend '{request}'", result.stderr)
            self.assertEqual(self.query("SELECT count(*) FROM run"), [(0,)])

    def test_a_name_that_is_no_backend_is_refused_with_those_that_are(self):
        for request in ("cuda", "fp32=cuda", "fp32="):
            result = self.run_suite(self.suite_of(self.variant("vad_xnnpack.pte")), "--backend", request)
            self.assert_exit(result, 2)
            self.assertIn("{qnn,vulkan,openvino,xnnpack,portable}", result.stderr)

    def test_a_backend_can_be_asked_for_one_variant(self):
        suite = self.suite_of(self.variant("vad_xnnpack.pte", portable="vad_portable.pte"))
        self.assert_exit(self.run_suite(suite, "--backend", "fake/fp32=portable"), 0)
        self.assertEqual(set(self.cells_by_backend()), {"portable"})

    def test_a_file_with_a_delegate_is_not_taken_for_portable(self):
        suite = self.suite_of({**self.variant("vad_xnnpack.pte"), "backend": "portable"})
        self.assert_exit(self.run_suite(suite), 1)
        self.assertIn("declared for the portable kernels but its method uses XnnpackBackend",
                      self.cells_by_backend()["portable"][2])

    def test_doctor_says_what_each_backend_of_a_wish_list_means_here(self):
        result = self.run_assay("doctor", "--format", "json")
        self.assert_exit(result, 0)
        states = {state["name"]: state for state in json.loads(result.stdout)["backends"]}
        self.assertEqual(list(states), ["qnn", "vulkan", "openvino", "xnnpack", "portable"])
        self.assertEqual(states["portable"]["fitness"], "ready")
        self.assertEqual(states["xnnpack"]["fitness"], "ready")
        self.assertTrue(all(state["reason"] for state in states.values() if state["fitness"] != "ready"))


if __name__ == "__main__":
    support.main()
