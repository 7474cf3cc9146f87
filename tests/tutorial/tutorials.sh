#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# README, tutorials and coming-from.md do what they say.  `tests/tutorial/run` has the rules.
# slow
set -euo pipefail
cd "$(dirname "$0")/../.."
exec tests/tutorial/run README.md docs/coming-from.md docs/tutorial/*.md
