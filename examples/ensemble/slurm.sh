#!/bin/bash
# Forty agents as ranks on two nodes: sbatch slurm.sh
#
# The ranks share the folder alone, no MPI library is needed. If a node is lost, the others go on and take its
# agents over after a minute (--no-kill, --kill-on-bad-exit=0); if time runs out, submit the script again:
# each agent goes on from its checkpoint.
#SBATCH --job-name=adatom
#SBATCH --nodes=2
#SBATCH --ntasks=40
#SBATCH --cpus-per-task=1
#SBATCH --time=12:00:00
#SBATCH --signal=TERM@60
#SBATCH --no-kill

export OPENBLAS_NUM_THREADS=1 OMP_NUM_THREADS=1
srun --no-kill --kill-on-bad-exit=0 adatom ensemble search.yaml --agents 40 -o run
