-- SPDX-License-Identifier: Apache-2.0
--- The script that joins the pieces of a model and puts in the values of a Secret. BusyBox runs it, in a pod.
local M = { key = "fill.sh" }

M.script = [[
# fill.sh DIR: print the files of DIR that begin with a digit, in order; those that end in .value as JSON strings in ASCII.
set -eu
for file in "$1"/[0-9]*; do
  case $file in
  *.value) ;;
  *)
    busybox cat "$file"
    continue
    ;;
  esac
  busybox od -An -v -tu1 "$file" | busybox awk -v file="$file" '
    function fail() {
      print file " is not UTF-8" >"/dev/stderr"
      failed = 1
      exit 1
    }
    function put(c) {
      if (c == 34 || c == 92) printf "\\%c", c
      else if (c >= 32 && c < 127) printf "%c", c
      else if (c < 65536) printf "\\u%04x", c
      else printf "\\u%04x\\u%04x", 55296 + int((c - 65536) / 1024), 56320 + (c - 65536) % 1024
    }
    BEGIN { printf "\"" }
    {
      for (i = 1; i <= NF; i++) {
        b = $i + 0
        if (more > 0) {
          if (b < 128 || b > 191) fail()
          c = c * 64 + b - 128
          if (--more > 0) continue
          if (c < least || c > 1114111 || c >= 55296 && c <= 57343) fail()
          put(c)
        }
        else if (b < 128) put(b)
        else if (b < 194 || b > 244) fail()
        else if (b < 224) { more = 1; c = b - 192; least = 128 }
        else if (b < 240) { more = 2; c = b - 224; least = 2048 }
        else { more = 3; c = b - 240; least = 65536 }
      }
    }
    END {
      if (!failed && more > 0) fail()
      if (!failed) printf "\""
    }'
done
]]

return M
