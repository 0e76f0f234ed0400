-- SPDX-License-Identifier: Apache-2.0
--- Topics as a text table and as JSON, for `partitions` and the REPL.
local jobmodel = require("samzak8s.native.jobmodel")
local text_table = require("samzak8s.text_table")

local M = {}

local function ids(list)
	if not list then return "" end
	if #list == 0 then return "-" end
	return table.concat(list, ",")
end

--- One row a partition: system, stream, partition, leader, replicas, in-sync replicas.
-- @tparam {Partition,...} partitions sorted
-- @treturn string
function M.text(partitions)
	local rows = {}
	for i, p in ipairs(partitions) do
		rows[i] = { p.system, p.stream, tostring(p.partition), p.leader and (p.leader == -1 and "none" or tostring(p.leader)) or "", ids(p.replicas), ids(p.isr) }
	end
	return text_table.format(rows, { "SYSTEM", "STREAM", "PARTITION", "LEADER", "REPLICAS", "IN-SYNC" })
end

--- The same as JSON, `samzak8s.partitions/1`.
-- @treturn string
function M.json(partitions)
	local entries = {}
	for i, p in ipairs(partitions) do
		entries[i] = { system = p.system, stream = p.stream, partition = p.partition, leader = p.leader,
			replicas = p.replicas and jobmodel.array(p.replicas), isr = p.isr and jobmodel.array(p.isr) }
	end
	return jobmodel.encode({ format = "samzak8s.partitions/1", partitions = jobmodel.array(entries) }, { indent = 2 }) .. "\n"
end

return M
