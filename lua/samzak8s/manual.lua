-- SPDX-License-Identifier: Apache-2.0
--- The manual page (mdoc), made from the tables that the program itself uses.
local codes = require("samzak8s.codes")
local help = require("samzak8s.help")
local host = require("samzak8s.native.host")
local keys = require("samzak8s.keys")
local sorted = require("samzak8s.sorted")

local HEAD = [[
.\" SPDX-License-Identifier: Apache-2.0
.\" Made by: samzak8s show manual
.Dd November 24, 2026
.Dt SAMZAK8S 1
.Os
.Sh NAME
.Nm samzak8s
.Nd write the Kubernetes manifests that run an Apache Samza job
.Sh SYNOPSIS
.Nm
.Op Ar command
.Op Ar options
.Ar job.properties ...
.Sh DESCRIPTION
.Nm
reads the configuration of a Samza job, asks Kafka or ZooKeeper how many partitions its inputs have, computes the JobModel
that Samza itself would compute, and writes the Kubernetes objects that run each container.
It writes nothing to Kafka or ZooKeeper and creates no topic.
Equal inputs give equal output on every machine.
.Pp
Data goes to standard output, everything else to standard error.
A file is written whole or not at all.
]]

local FILES = [[
.Sh FILES
A snapshot
.Pq Fl -partitions , partitions Fl -save
is JSON:
.Dl {"systems":{"kafka":{"topics":{"orders":{"partitions":[{"id":0,"leader":1}]},"payments":2}}}}
A bare number stands for that many partitions.
.Pp
A state file
.Pq Fl -state
is JSON; its members are optional:
.Dl {"changelog":{"Partition 0":0},"containers":{"Partition 0":"0"}}
.Sh EARLIER DECISIONS
A job with stores is numbered by what earlier runs decided, so that no state gets into wrong hands.
It is read from the earlier output, and, when the job has stores or asks for host affinity, from where Samza keeps it: the topic
.Li __samza_coordinator_JOB_ID
from 0.10 on, and the mapping in
.Li __samza_checkpoint_ver_1_for_JOB_ID
of 0.9, which 0.10 takes over unless it has marked that as done, and later releases when no number was written since.
Numbers of all sources are put together, and must agree.
Of containers, inputs, modes and hosts the earlier output's count before Samza's own.
.Pp
.Fl -state Ar FILE
stands in for all of them, and
.Fl -state Cm none
says that the job is new.
A job with changelogs whose numbers are found nowhere is refused; so is one whose topic holds a record that kills Samza's own
coordinator: the message names its offset.
Records of transactions that were aborted count, as Samza's consumers take them, too.
.Pp
.Fl -config-from-coordinator
takes the config of a job that runs on YARN from that topic, as its planner wrote it, with the inputs of high-level applications.
The properties file then holds
.Li job.name ,
.Li kubernetes.samza.version ,
.Li job.coordinator.system
with the connection of that system, and what is to be other than there: files and
.Fl -config
win over the topic.
Rewriters and config loaders have done their work then, and do not run again.
.Sh SECRETS
The values of properties that hold secrets (passwords, JAAS lines, keys,
.Li sensitive.* )
are never put into variables, ConfigMaps or annotations.
The JobModel then goes into a Secret.
.Pp
With
.Li kubernetes.secret.name
it goes into ConfigMaps, with a placeholder for each such value, and a pod fills them in when it starts, from a Secret that you keep
in the job's namespace.
Its keys are the names of the properties:
.Bd -literal
kubectl create secret generic page-views \\
  --from-literal=systems.kafka.consumer.ssl.key.password=...
.Ed
.Pp
.Ic explain kubernetes.secret.name Ar JOB
lists the keys.
Values are UTF-8 and taken byte for byte, a newline at the end included; a pod waits until all keys are there, and reads them once,
so that a changed value needs a restart.
.Sh EXIT STATUS
0 success, 1 failure, 2 differs or findings, 64 wrong usage, 130 interrupted.
]]

local TAIL = [[
.Sh SECURITY CONSIDERATIONS
A policy of one's own runs in a child process: it has no files, no network, a deadline and a memory limit, and cannot
change the program that started it.
It does decide what the cluster runs: review it like any other code.
]]

-- Text that mdoc must not take for a macro or an escape, each sentence on a line of its own.
local function plain(text)
	return (text:gsub("\\", "\\e"):gsub("(%w%w[.?!:]) +", "%1\n"):gsub("^([.'])", "\\&%1"):gsub("\n([.'])", "\n\\&%1"))
end

-- A macro's argument in quotes
local function quoted(text)
	return '"' .. plain(text):gsub('"', '\\(dq') .. '"'
end

local function commands(add)
	add(".Sh COMMANDS", ".Bl -tag -width Ds")
	for _, command in ipairs(host.commands) do
		local entry = help.find(command.name, "command")
		add(".It Nm " .. quoted(command.name .. " " .. command.operands), plain(entry and entry.text or command.help))
	end
	add(".El")
end

local function options(add)
	add(".Sh OPTIONS", ".Bl -tag -width Ds")
	for _, option in ipairs(host.options) do
		local name = #option.name == 1 and "-" .. option.name or (option.letter and "-" .. option.letter .. ", " or "") .. "--" .. option.name
		add(".It " .. quoted(name .. (option.value and " " .. option.value or "")), plain(option.help))
	end
	add(".El")
end

local function properties(add)
	add(".Sh PROPERTIES", ".Bl -tag -width Ds")
	for _, entry in ipairs(keys.list) do
		local default = entry.default_text or entry.default ~= nil and tostring(entry.default) or "none"
		add(".It Sy " .. quoted(entry.name), plain(entry.doc) .. ".", plain(("Type: %s%s."):format(entry.type, entry.unit and " (" .. entry.unit .. ")" or "")), plain("Default: " .. default .. "."))
	end
	add(".El")
end

local function functions(add)
	local titles = { ["function"] = "Functions of the interactive session", stage = "Values of the interactive session",
		backslash = "Backslash commands of the interactive session", record = "Records", ["policy-api"] = "Functions of policies" }
	add(".Sh LUA")
	for _, kind in ipairs { "stage", "function", "backslash", "policy-api" } do
		add(".Ss " .. titles[kind], ".Bl -tag -width Ds")
		for _, name in ipairs(help.names(kind)) do
			local entry = help.find(name, kind)
			add(".It " .. quoted(entry.signature), plain(entry.text))
		end
		add(".El")
	end
end

local function diagnostics(add)
	add(".Sh DIAGNOSTICS", ".Bl -tag -width Ds")
	for code, entry in sorted.pairs(codes) do
		add(".It Sy " .. code, plain(entry.means) .. ".", "What to do: " .. plain(entry.remedy) .. ".")
	end
	add(".El")
end

--- @treturn string mdoc text
return function()
	local lines = {}
	local function add(...)
		for _, line in ipairs { ... } do lines[#lines + 1] = line end
	end
	commands(add)
	options(add)
	properties(add)
	functions(add)
	add(FILES)
	diagnostics(add)
	return HEAD .. table.concat(lines, "\n"):gsub("\n\n", "\n") .. "\n" .. TAIL
end
