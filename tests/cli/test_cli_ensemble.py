"""Ensembles: jobs, ranks, kills, resumes and extensions all give the same tables."""

import csv
import math
import os
import shutil
import signal
import subprocess
import time
import unittest

import ase.io

from program import ENVIRONMENT, PROGRAM, ProgramTest

# Two argon atoms beside a third on a coarse grid: an episode takes a millisecond.
RUN = """\
system: {cell: [12, 12, 10], pbc: [1, 1, 0], place: {Ar: 3}}
grid: {shape: [24, 24]}
evaluator: lj:epsilon=0.0104,sigma=3.4,cutoff=6
image: {width: 0.5}
network: {filters: [4, 4], filter_pixels: [5]}
policy: {c1: 1.2}
stop: {episodes: 150, at_energy: true, energy: -0.02}
checkpoint_seconds: 0.3
"""
AGENTS = 4


class Ensemble(ProgramTest):
    def setUp(self):
        super().setUp()
        self.write("argon.yaml", RUN)

    def table(self, name):
        return list(csv.DictReader(self.read(name).splitlines()))

    def results(self, folder):
        """All tables without times."""
        agents = [{key: value for key, value in row.items() if "hours" not in key}
                  for row in self.table(f"{folder}/ensemble.csv")]
        return [agents] + [[row for row in self.table(f"{folder}/{name}.csv") if row["axis"] != "cpu_hours"]
                           for name in ("curve", "summary")] + [self.table(f"{folder}/{name}.csv")
                                                                for name in ("energy", "structures")]

    def ensemble(self, folder, *words):
        return self.expect_output("ensemble", "argon.yaml", "-q", "--agents", str(AGENTS), "-o", folder, *words)

    def start(self, folder, *words):
        return subprocess.Popen([PROGRAM, "ensemble", "argon.yaml", "-q", "--agents", str(AGENTS), "-j2", "-o", folder,
                                 "--set", "stop={episodes: 700, at_energy: false}", *words], cwd=self.folder,
                                env=ENVIRONMENT, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def wait_for(self, what, condition):
        end = time.monotonic() + 60
        while not condition():
            self.assertLess(time.monotonic(), end, f"no {what}")
            time.sleep(0.01)

    def wait_for_episodes(self, folder, agent, episodes):
        log = self.folder / folder / f"agent-{agent:04d}" / "log.csv"
        self.wait_for("episodes", lambda: log.exists() and log.read_text().count("\n") > episodes)

    @staticmethod
    def children(process):
        result = subprocess.run(["ps", "--ppid", str(process.pid), "-o", "pid="], text=True, capture_output=True,
                                check=False)
        return [int(word) for word in result.stdout.split()]

    def test_tables(self):
        text = self.expect_output("ensemble", "argon.yaml", "--agents", str(AGENTS), "-j2", "-o", "run")
        self.assertRegex(text, r"(?m)^4 of 4 agents ended, \d at stop\.energy   0 running")
        agents = self.table("run/ensemble.csv")
        self.assertEqual([int(row["seed"]) for row in agents], list(range(1, AGENTS + 1)))
        successes = sorted(int(row["success_episodes"]) for row in agents if row["success"] == "1")
        self.assertTrue(2 <= len(successes) < AGENTS, successes)  # the example has some of both
        curve = [row for row in self.table("run/curve.csv") if row["axis"] == "episodes"]
        for row in curve:
            reached = sum(number <= int(row["value"]) for number in successes)
            self.assertEqual(int(row["successes"]), reached)
            self.assertAlmostEqual(float(row["share"]), reached / AGENTS, 5)
            self.assertTrue(float(row["lower"]) <= reached / AGENTS <= float(row["upper"]))
        for row in agents:
            with open(self.folder / "run" / f"agent-{int(row['agent']):04d}" / "log.csv", encoding="utf-8") as stream:
                log = list(csv.DictReader(stream))
            self.assertEqual(int(row["episodes"]), len(log))
            self.assertEqual(row["best_energy"][:12], log[-1]["best_energy"][:12])
            self.assertEqual(row["success"] == "1", float(log[-1]["best_energy"]) <= -0.02)

        self.check_structures(agents)
        self.check_energies(agents)
        for name in ["success", "success-evaluations", "success-cpu-hours", "energy", "structures"]:
            self.assertIn("<svg", self.read(f"run/{name}.svg")[:200])
        page = self.read("run/report.html")
        for part in ["success", "energy", "structures", "agents"]:
            self.assertIn(f'<section id="{part}">', page)

    def check_structures(self, agents):
        rows = self.table("run/structures.csv")
        frames = ase.io.read(self.folder / "run" / "structures.extxyz", ":")
        self.assertEqual(len(frames), len(rows))
        energies = [float(row["energy"]) for row in rows]
        self.assertEqual(energies, sorted(energies))
        self.assertAlmostEqual(energies[0], min(float(row["best_energy"]) for row in agents), 10)
        self.assertEqual(sum(int(row["best_of_agents"]) for row in rows), AGENTS)
        for row, frame in zip(rows, frames):
            self.assertEqual((row["formula"], len(frame)), ("Ar3", 3))
            self.assertIn(row["pieces"], ("Ar3", "Ar + Ar2", "3 Ar"))
            self.assertAlmostEqual(frame.get_potential_energy(), float(row["energy"]), 10)
            self.assertTrue(1 <= int(row["agents"]) <= min(AGENTS, int(row["builds"])))

    def check_energies(self, agents):
        rows = self.table("run/energy.csv")
        best = [float(row["best_energy"]) for row in agents]
        self.assertAlmostEqual(float(rows[-1]["mean_best_energy"]), sum(best) / AGENTS, 10)
        self.assertAlmostEqual(float(rows[-1]["lowest"]), min(best), 10)
        means = [float(row["mean_best_energy"]) for row in rows if row["agents"] == str(AGENTS)]
        self.assertEqual(means, sorted(means, reverse=True))

    def test_another_property(self):
        """What is best, and the order of structures, follow the property: here the highest energy per atom."""
        self.ensemble("high", "--set", "reward={property: energy_per_atom, direction: maximise}", "--set",
                      "stop={episodes: 30, at_energy: true, energy: 100}")
        logs = {agent: [float(row["property"]) for row in self.table(f"high/agent-{agent:04d}/log.csv")
                        if row["failed"] == "0"] for agent in range(1, AGENTS + 1)}
        for row in self.table("high/ensemble.csv"):
            self.assertEqual(float(row["best_property"]), max(logs[int(row["agent"])]))
        course = self.table("high/energy.csv")
        means = [float(row["mean_best_energy"]) for row in course]
        self.assertEqual(means, sorted(means))
        best = [max(values) for values in logs.values()]
        self.assertAlmostEqual(means[-1], sum(best) / AGENTS)
        self.assertEqual(float(course[-1]["highest"]), max(best))
        found = self.table("high/structures.csv")
        properties = [float(row["property"]) for row in found]
        self.assertEqual(properties[0], max(best))
        self.assertEqual(properties, sorted(properties, reverse=True))
        self.assertEqual(sum(int(row["best_of_agents"]) for row in found), AGENTS)
        for row in found:
            self.assertAlmostEqual(float(row["property"]), float(row["energy"]) / 3)
        self.assertIn("a property of at least", self.read("high/report.html"))

    def test_structure_as_target(self):
        self.ensemble("run", "-j2")
        first = ase.io.read(self.folder / "run" / "structures.extxyz", "0")
        first.translate([0.3, 0.7, 0])  # moved by what is no multiple of the grid
        first.wrap()
        ase.io.write(self.folder / "target.xyz", first, format="extxyz")
        self.expect_output("ensemble", "argon.yaml", "-q", "-o", "run", "--target", "target.xyz")
        rows = [row for row in self.table("run/ensemble.csv") if row["success"] == "1"]
        found = self.table("run/structures.csv")[0]
        self.assertEqual(len(rows), int(found["agents"]))
        self.assertIn((found["agent"], True), [(row["agent"], int(row["success_episodes"]) <= int(found["episode"]))
                                               for row in rows])

    def test_comparison(self):
        self.ensemble("one", "-j2")
        self.ensemble("two", "-j2", "--set", "policy.epsilon_0=0.5")
        text = self.expect_output("report", "one", "two", "-o", "both", "--label", "<plain>")
        self.assertRegex(text, r"report +both/report\.html")
        page = self.read("both/report.html")
        self.assertIn("&lt;plain&gt; &ndash; two", page)
        rows = self.table("both/comparison.csv")
        self.assertEqual([(row["first"], row["second"], row["axis"]) for row in rows],
                         [("<plain>", "two", axis) for axis in ("episodes", "evaluations", "cpu_hours")])
        for row in rows:
            self.assertAlmostEqual(float(row["p"]), math.erfc(math.sqrt(float(row["chi_squared"]) / 2)), 6)
        self.check_isomers(page)
        self.assertTrue((self.folder / "both" / "success.svg").exists())
        self.expect_error(["report", "one", "two"], "report: a folder for the page of 2 ensembles is missing: -o OUT")
        self.expect_error(["report", "one", "nothing", "-o", "both"], "nothing: holds no ensemble (no ensemble.yaml)")

    def check_isomers(self, page):
        """Each isomer has a row for each ensemble; together they have all builds that structures.csv counts."""
        rows = self.table("both/isomers.csv")
        self.assertEqual([row["ensemble"] for row in rows], ["<plain>", "two"] * (len(rows) // 2))
        energies = [float(row["energy"]) for row in rows]
        self.assertEqual(energies, sorted(energies))
        for label, folder in (("<plain>", "one"), ("two", "two")):
            found = self.table(f"{folder}/structures.csv")
            mine = [row for row in rows if row["ensemble"] == label]
            self.assertEqual(sum(int(row["builds"]) for row in mine), sum(int(row["builds"]) for row in found))
            for row in mine:
                self.assertAlmostEqual(float(row["share"]), int(row["agents"]) / AGENTS, 3)
                self.assertEqual(int(row["agents"]) == 0, int(row["builds"]) == 0)
        self.assertIn("Structures with the same bonds count as one", page)
        self.assertIn("<svg", self.read("both/isomers.svg")[:200])

    def test_an_agent_is_a_search(self):
        self.ensemble("run", "-j2")
        self.run_program("search", "argon.yaml", "-q", "--seed", "3", "--threads", "1", "-o", "alone")
        first, second = ([row[:7] for row in csv.reader(self.read(f"{name}/log.csv").splitlines())]
                         for name in ("run/agent-0003", "alone"))
        self.assertEqual(first, second)

    def test_extended_and_with_other_limits(self):
        self.ensemble("whole", "-j2")
        self.expect_output("ensemble", "argon.yaml", "-q", "--agents", "2", "-o", "run", "--set", "stop.episodes=20")
        self.expect_output("ensemble", "argon.yaml", "-q", "--agents", "3", "-o", "run")
        self.ensemble("run", "-j2")
        self.assertEqual(self.results("run"), self.results("whole"))
        self.expect_error(["ensemble", "argon.yaml", "--agents", "3", "-o", "run"],
                          "run: holds an ensemble of 4 agents, which can only become more")
        self.expect_error(["ensemble", "argon.yaml", "-o", "run", "--set", "policy.nu=0.5"],
                          "run: policy.nu is not that of the ensemble in this folder; only stop.*, threads, "
                          "checkpoint_seconds, evaluation.retries and evaluation.on_failure may differ")
        self.expect_error(["search", "argon.yaml", "-o", "run"],
                          "run: already holds a run (run.yaml); `adatom resume` goes on with it")

    def test_other_target(self):
        self.ensemble("run", "-j2", "--target", "-0.015")
        for row in self.table("run/ensemble.csv"):
            self.assertEqual(row["success"] == "1", float(row["best_energy"]) <= -0.015)

    def test_disturbances_change_nothing(self):
        process = self.start("whole")
        self.assertEqual(process.communicate(timeout=120), ("", ""))
        for disturb in (self.kill_all, self.kill_an_agent, self.interrupt):
            with self.subTest(disturb.__name__):
                process = self.start(disturb.__name__)
                self.wait_for_episodes(disturb.__name__, 1, 100)
                disturb(process)
                self.assertEqual(self.results(disturb.__name__), self.results("whole"))

    def kill_all(self, process):
        os.kill(process.pid, signal.SIGKILL)
        process.communicate(timeout=60)
        self.expect_output("resume", "-q", "-j2", "kill_all")

    def kill_an_agent(self, process):
        os.kill(self.children(process)[0], signal.SIGKILL)
        _, errors = process.communicate(timeout=120)
        self.assertRegex(errors, r"\Aadatom: kill_an_agent/agent-000\d: its process was killed by signal 9 \(Killed\) "
                                 r"after \d+ episodes; it goes on from its checkpoint\n\Z")
        self.assertEqual(process.returncode, 0)

    def interrupt(self, process):
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
        self.assertEqual(errors, "adatom: stopped with 0 of 4 agents ended; go on with: adatom resume interrupt\n")
        self.assertEqual(process.returncode, 1)
        self.assertEqual(len(self.table("interrupt/ensemble.csv")), AGENTS)
        self.expect_output("resume", "-q", "-j2", "interrupt")

    def test_failing_agents(self):
        self.write("bad.sh", "exit 3\n")
        self.write("bad.yaml", RUN.replace("lj:epsilon=0.0104,sigma=3.4,cutoff=6", "command:sh bad.sh")
                   + "evaluation: {on_failure: stop}\n")
        result = self.run_program("ensemble", "bad.yaml", "-q", "--agents", "2", "-j2", "-o", "run")
        self.assertEqual(result.returncode, 1)
        self.assertRegex(result.stderr, r"(?m)^adatom: run/agent-0001: episode 1: ")
        self.assertRegex(result.stderr, r"(?m)^adatom: 2 of 2 agents failed; try them again with: adatom resume run$")
        self.assertEqual([row["standing"] for row in self.table("run/ensemble.csv")], ["failed", "failed"])

    def test_bad_input(self):
        self.write("bad.yaml", RUN.replace("lj:epsilon", "lj:epsilo"))
        result = self.run_program("ensemble", "bad.yaml", "--agents", "2", "-q", "-o", "run")
        self.assertRegex(result.stderr, r"\Aadatom: .*epsilo.*\n\Z")
        self.assertEqual(result.returncode, 2)
        self.expect_error(["ensemble", "argon.yaml"], "ensemble: the output folder is missing: -o OUT")
        self.expect_error(["ensemble", "argon.yaml", "-o", "run", "--agents", "0"],
                          "--agents: 0, expected a number from 1 to 99999")
        self.expect_error(["ensemble", "argon.yaml", "-o", "run", "--target", "nothing.xyz"],
                          "--target: nothing.xyz, expected an energy in eV or a structure file")
        self.run_program("search", "argon.yaml", "-q", "-o", "single")
        self.expect_error(["ensemble", "argon.yaml", "-o", "single"],
                          "single: already holds a run (run.yaml); `adatom resume` goes on with it")

    @unittest.skipUnless(shutil.which("mpirun"), "no mpirun")
    def test_ranks(self):
        self.ensemble("whole", "-j2")
        environment = dict(ENVIRONMENT, OMPI_ALLOW_RUN_AS_ROOT="1", OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="1")
        result = subprocess.run(["mpirun", "--oversubscribe", "-np", "3", PROGRAM, "ensemble", "argon.yaml",
                                 "--agents", str(AGENTS), "-o", "ranks"], cwd=self.folder, env=environment, text=True,
                                capture_output=True, timeout=120, check=False)
        self.assertEqual((result.returncode, result.stderr), (0, ""))
        self.assertEqual(result.stdout.count("results "), 1, result.stdout)  # one rank speaks for all
        self.assertEqual(self.results("ranks"), self.results("whole"))


unittest.main()
