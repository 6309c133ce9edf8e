#!/usr/bin/env bash
# Kills processes of real runs at random moments, 500 times unless told, and says what came of it.
#
#   tests/faults/campaign.sh [KILLS] [PRESET]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
preset=${2:-release}
.ci/prepare.sh "$preset" faults_campaign
PARTITA_FAULT_ROUNDS=${1:-500} "build/$preset/bin/faults_campaign" --success=false
