-- SPDX-License-Identifier: Apache-2.0
-- own.lua emit: JSON documents on stdin to YAML. own.lua parse: YAML on stdin to JSON.
local cjson = require("cjson")
local jobmodel = require("samzak8s.native.jobmodel")
local yaml = require("samzak8s.native.yaml")

local input = io.read("a")
if arg[1] == "emit" then
	io.write(assert(yaml.emit(cjson.decode(input), { order = { "apiVersion", "kind", "metadata", "name" } })))
else
	io.write(assert(jobmodel.encode(jobmodel.array(assert(yaml.parse(input))))))
end
