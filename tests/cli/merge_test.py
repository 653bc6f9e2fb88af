"""`assay db merge`, and the options by which a host names a run that a device makes."""

import json
import sqlite3

import support

UUID = "5ca1ab1e-0000-4000-8000-00000000000{}"


class Merge(support.CliTest):
    def setUp(self):
        super().setUp()
        self.suite_file = self.suite([self.fake_model("a"), self.fake_model("b")], [self.case("one")])

    def run_as(self, device: str, number: int, *more: object, db: str | None = None):
        """A run that "happened on" `device`, in a database of its own."""
        database = self.folder / (db or f"{device}.db")
        result = self.run_assay("run", self.suite_file, "--db", database, "--uuid", UUID.format(number), "--as-device", device,
                                "--campaign", "night-1", "--repeat", 20, *more, fake=True)
        self.assert_exit(result, 0)
        return database

    def merge(self, *others: object):
        return self.run_assay("db", "merge", *others, "--db", self.db)

    def export(self, number: int, db=None) -> dict:
        result = self.run_assay("db", "export", "--run", UUID.format(number), "--db", db or self.db, "--samples")
        self.assert_exit(result, 0)
        return json.loads(result.stdout)

    def test_a_run_carries_the_names_that_the_host_gave_it(self):
        run = self.export(1, self.run_as("phone", 1))
        self.assertEqual((run["uuid"], run["campaign"], run["options"]["device"]), (UUID.format(1), "night-1", "phone"))
        self.assertEqual({cell["device"] for cell in run["cells"]}, {"phone"})

    def test_several_databases_become_one_and_merging_again_changes_nothing(self):
        phone, tablet = self.run_as("phone", 1), self.run_as("tablet", 2)
        first = self.merge(phone, tablet)
        self.assert_exit(first, 0)
        self.assertIn("tablet.db: runs: 1 new, 0 completed, 0 unchanged; cells: 2 new, 0 unchanged", first.stdout)
        stored = [self.export(1), self.export(2)]
        for merged, file, number in ((stored[0], phone, 1), (stored[1], tablet, 2)):
            original = self.export(number, file)
            self.assertEqual((merged["cells"], merged["fingerprint"]), (original["cells"], original["fingerprint"]))
        again = self.merge(phone, tablet)
        self.assert_exit(again, 0)
        self.assertIn("phone.db: runs: 0 new, 0 completed, 1 unchanged; cells: 0 new, 2 unchanged", again.stdout)
        self.assertEqual([self.export(1), self.export(2)], stored)

    def test_a_bad_file_is_named_and_the_others_are_merged(self):
        phone = self.run_as("phone", 1)
        corrupt = self.folder / "corrupt.db"
        corrupt.write_bytes(b"SQLite format 3\0" + b"\xff" * 4096)
        foreign = self.folder / "foreign.db"
        self.write_database(foreign, "CREATE TABLE t (x)")
        newer = self.folder / "newer.db"
        newer.write_bytes(phone.read_bytes())
        self.write_database(newer, "PRAGMA user_version = 99")
        result = self.merge("missing.db", corrupt, foreign, newer, phone)
        self.assert_exit(result, 3)
        for name, why in (("missing.db", "there is no database"), ("corrupt.db", "malformed|damaged|not a database"),
                          ("foreign.db", "another program"), ("newer.db", "schema version 99")):
            self.assertRegex(result.stderr, f"not merged: (?=.*{name}).*({why})")
        self.assertIn("4 of 5 files could not be merged", result.stderr)
        self.assertEqual(len(self.export(1)["cells"]), 2)

    def test_a_file_that_is_nowhere_makes_no_database(self):
        self.assert_exit(self.merge("missing.db"), 3)
        self.assertFalse(self.db.exists())

    def test_a_database_is_not_merged_into_itself(self):
        result = self.run_assay("db", "merge", self.run_as("phone", 1, db="results.db"), "--db", self.db)
        self.assert_exit(result, 3)
        self.assertIn("is the database to merge into", result.stderr)

    def test_names_that_would_not_be_found_again_are_refused(self):
        for arguments in (["--uuid", "1"], ["--as-device", "my phone"], ["--as-device", ""], ["--campaign", "a b"]):
            result = self.run_assay("run", self.suite_file, "--db", self.db, *arguments, fake=True)
            self.assert_exit(result, 2)
            self.assertIn(arguments[0], result.stderr)
        self.assertFalse(self.db.exists())

    def test_two_devices_are_compared_by_their_runs_of_one_campaign(self):
        self.assert_exit(self.merge(self.run_as("phone", 1), self.run_as("tablet", 2)), 0)
        result = self.run_assay("compare", "--axis", "device", "phone", "tablet", "--db", self.db, "--format", "json")
        self.assert_exit(result, 0)
        comparison = json.loads(result.stdout)
        self.assertEqual([comparison[side]["run"] for side in "ab"], [UUID.format(1), UUID.format(2)])
        self.assertEqual([group["key"]["variant"] for group in comparison["groups"]], ["a", "b"])
        for group in comparison["groups"]:
            self.assertEqual([output["outputs"] for output in group["outputs"]], ["identical"])

    def test_a_device_that_no_run_has_is_a_usage_error_with_those_that_there_are(self):
        self.assert_exit(self.merge(self.run_as("phone", 1)), 0)
        result = self.run_assay("compare", "--axis", "device", "phone", "watch", "--db", self.db)
        self.assert_exit(result, 2)
        self.assertIn("no finished run has the device 'watch'; there is: phone", result.stderr)

    def test_the_matrix_has_every_device_and_can_be_narrowed_to_a_run(self):
        self.assert_exit(self.merge(self.run_as("phone", 1), self.run_as("tablet", 2)), 0)
        matrix = ["report", "matrix", "--db", self.db, "--baseline", "a", "--candidate", "b", "--format", "json"]
        whole = json.loads(self.run_assay(*matrix, "--campaign", "night-1").stdout)
        self.assertEqual([(row["variant"], row["device"]) for row in whole["rows"]],
                         [("a", "phone"), ("a", "tablet"), ("b", "phone"), ("b", "tablet")])
        self.assertEqual([pair["device"] for pair in whole["pairs"]], ["phone", "tablet"])
        one = json.loads(self.run_assay(*matrix, "--runs", UUID.format(2)).stdout)
        self.assertEqual({row["device"] for row in one["rows"]}, {"tablet"})
        unknown = self.run_assay(*matrix, "--campaign", "night-9")
        self.assert_exit(unknown, 2)
        self.assertIn("no run of the campaign 'night-9'", unknown.stderr)

    def test_a_cell_that_the_device_failed_is_in_the_matrix_with_stage_and_reason(self):
        phone = self.run_as("phone", 1)
        self.write_database(phone, "UPDATE cell SET status = 'error', stage = 'device:pull', reason = 'gone' WHERE variant = 'b'")
        self.assert_exit(self.merge(phone), 0)
        table = self.run_assay("report", "matrix", "--db", self.db).stdout
        self.assertRegex(table, r"fake / fake, b, phone, \S+: one +error +device:pull +gone")

    def write_database(self, path, sql: str):
        connection = sqlite3.connect(path)
        connection.execute(sql)
        connection.commit()
        connection.close()


if __name__ == "__main__":
    support.main()
