#!/bin/sh
# The options of the add-on are the configuration; the broker is Home Assistant's, unless one is named.
set -eu
exec porchlight run --addon
