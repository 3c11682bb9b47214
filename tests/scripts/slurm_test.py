#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Runs sweeps as job arrays of a real Slurm, started on this machine for the test alone.

Usage: slurm_test.py PROGRAM. Exit 77, with the reason, where Slurm or the rights to start it are
missing.
"""
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import unittest

PROGRAM = pathlib.Path(sys.argv.pop(1)).resolve() if len(sys.argv) > 1 else None
ROOT = pathlib.Path(__file__).resolve().parents[2]
NEEDED = ("munged", "slurmctld", "slurmd", "sbatch", "squeue", "scontrol")

CONFIG = """ClusterName=local
SlurmctldHost={host}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
CryptoType=crypto/munge
AuthInfo=socket={at}/munge/munge.sock
MpiDefault=none
ProctrackType=proctrack/pgid
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmctldPidFile={at}/slurmctld.pid
SlurmdPidFile={at}/slurmd.pid
SlurmdSpoolDir={at}/spool
StateSaveLocation={at}/state
SlurmctldLogFile={at}/log/slurmctld.log
SlurmdLogFile={at}/log/slurmd.log
SlurmctldPort={port}
SlurmdPort={next_port}
SwitchType=switch/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
ReturnToService=2
SlurmctldTimeout=30
SlurmdTimeout=30
InactiveLimit=0
KillWait=1
MinJobAge=300
SchedulerParameters=sched_interval=1,batch_sched_delay=0
NodeName={host} NodeAddr=127.0.0.1 CPUs=2 RealMemory=500 State=UNKNOWN
PartitionName=all Nodes={host} Default=YES MaxTime=INFINITE State=UP OverSubscribe=NO
"""

SWEEP = """name: clustered
base: {root}/configs/runs/{run}.yaml
grid:
  workload.weights: [int8, ternary, bf16]
  workload.batch: {{from: 1, to: {batches}, points: {batches}}}
check: {{points: 3}}
"""


def free_ports():
    """Two free ports side by side."""
    while True:
        with socket.socket() as one, socket.socket() as two:
            one.bind(("127.0.0.1", 0))
            port = one.getsockname()[1]
            try:
                two.bind(("127.0.0.1", port + 1))
                return port
            except OSError:
                pass


class Cluster:
    """munged, slurmctld and slurmd of their own, in a folder of their own."""

    def __init__(self, at):
        self.at = pathlib.Path(at)
        host = socket.gethostname().split(".")[0]
        for folder in ("spool", "state", "log", "munge"):
            (self.at / folder).mkdir(mode=0o711)
        port = free_ports()
        (self.at / "slurm.conf").write_text(
            CONFIG.format(host=host, at=at, port=port, next_port=port + 1)
        )
        (self.at / "cgroup.conf").touch()
        key = self.at / "munge/munge.key"
        key.write_bytes(os.urandom(1024))
        key.chmod(0o400)
        os.environ["SLURM_CONF"] = str(self.at / "slurm.conf")
        munge = [f"--{name}={self.at}/munge/{file}" for name, file in
                 (("key-file", "munge.key"), ("socket", "munge.sock"), ("pid-file", "munged.pid"),
                  ("log-file", "munged.log"), ("seed-file", "munge.seed"))]
        subprocess.run(["munged", "--force", "--num-threads=1", *munge], check=True)
        subprocess.run(["slurmctld"], check=True)
        subprocess.run(["slurmd", "-N", host], check=True)
        for _ in range(60):
            found = subprocess.run(["sinfo", "-h", "-o", "%t"], capture_output=True, text=True)
            if found.stdout.strip() == "idle":
                return
            time.sleep(0.5)
        raise RuntimeError("slurm does not come up: " + self.log())

    def log(self):
        return "\n".join(f.read_text()[-2000:] for f in sorted((self.at / "log").iterdir()))

    def stop(self):
        subprocess.run(["scancel", "-u", "root"], check=False)
        subprocess.run(["scontrol", "shutdown"], check=False)
        pid = self.at / "munge/munged.pid"
        if pid.exists():
            subprocess.run(["kill", pid.read_text().strip()], check=False)
        time.sleep(1)


class SlurmTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="systole-slurm-")
        cls.cluster = Cluster(cls.folder.name)

    @classmethod
    def tearDownClass(cls):
        cls.cluster.stop()
        cls.folder.cleanup()

    def setUp(self):
        work = tempfile.TemporaryDirectory(prefix="systole-slurm-work-")
        self.addCleanup(work.cleanup)
        self.work = pathlib.Path(work.name)

    def systole(self, *words, code=0):
        end = subprocess.run([PROGRAM, *words], cwd=self.work, capture_output=True, text=True,
                             timeout=240)
        self.assertEqual(end.returncode, code, end.stdout + end.stderr + self.task_logs())
        return end

    def task_logs(self):
        return "\n".join(f.read_text() for f in self.work.glob("*/slurm/*.log"))

    def write(self, run, batches):
        text = SWEEP.format(root=ROOT, run=run, batches=batches)
        (self.work / "s.yaml").write_text(text)
        self.systole("sweep", "s.yaml", "--results", "here")

    def expect_same(self):
        for file in ("points.csv", "sweep.json", "runs.db"):
            here, there = ((self.work / folder / file).read_bytes() for folder in ("here", "r"))
            self.assertEqual(here, there, file)

    def test_gives_what_the_local_pool_gives(self):
        self.write("tiny-decode", 5)
        end = self.systole("sweep", "s.yaml", "--slurm", "--tasks", "3", "--results", "r",
                           "--", "--cpus-per-task=1", "--comment=a b")
        self.assertIn("wrote r/", end.stdout)
        self.expect_same()
        again = self.systole("sweep", "s.yaml", "--results", "r")
        self.assertIn("18 of 18 points were there already", again.stdout)

    def test_killed_and_requeued_tasks_lose_nothing(self):
        self.write("llama-3.1-70b-decode-64", 12)
        sweep = subprocess.Popen(
            [PROGRAM, "sweep", "s.yaml", "--slurm", "--tasks", "2", "--results", "r"],
            cwd=self.work, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(sweep.kill)
        job = self.running_job()
        while self.points_done() < 4:
            time.sleep(0.05)
        subprocess.run(["scontrol", "requeue", f"{job}_1"], check=True)
        out, err = sweep.communicate(timeout=240)
        self.assertEqual(sweep.returncode, 0, out + err + self.task_logs())
        self.expect_same()

    def test_detached_sweep_is_collected_by_the_same_command(self):
        self.write("tiny-decode", 4)
        words = ("sweep", "s.yaml", "--slurm", "--tasks", "2", "--results", "r")
        self.assertIn("15 points in 2 tasks", self.systole(*words, "--detach").stdout)
        self.systole(*words)
        self.expect_same()

    def test_says_what_sbatch_says(self):
        self.write("tiny-decode", 2)
        end = self.systole("sweep", "s.yaml", "--slurm", "--results", "r", "--",
                           "--partition=nowhere", code=2)
        self.assertIn("error: sbatch: ", end.stderr)
        self.assertIn("invalid partition", end.stderr)

    def points_done(self):
        return sum(f.read_text().count("\n") for f in self.work.glob("r/shards/*/journal.ndjson"))

    def running_job(self):
        for _ in range(600):
            file = self.work / "r/slurm/job"
            if file.exists() and file.read_text().strip():
                return file.read_text().strip()
            time.sleep(0.05)
        raise RuntimeError("no job was submitted")


def main():
    missing = [name for name in NEEDED if shutil.which(name, path=os.environ["PATH"] + ":/usr/sbin")
               is None]
    if missing:
        print(f"skipped: not installed: {', '.join(missing)}")
        return 77
    if os.geteuid() != 0:
        print("skipped: only root can start a Slurm of its own")
        return 77
    os.environ["PATH"] += ":/usr/sbin"
    return 0 if unittest.main(exit=False).result.wasSuccessful() else 1


if __name__ == "__main__":
    sys.exit(main())
