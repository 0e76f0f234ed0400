-- SPDX-License-Identifier: Apache-2.0
--- Dialects of the JobModel document: what each release's containers read, and what each can say.
local report = require("samzak8s.report")

local function is_int(id)
	return id == "0" or id:find("^%-?[1-9]%d*$") and #id <= 10
end

-- Are there ids that are no integers, and are there standby tasks?
local function special(containers)
	local texts, standby = false, false
	for _, container in ipairs(containers) do
		texts = texts or not is_int(container.id)
		for _, task in ipairs(container.tasks) do standby = standby or task.mode == "Standby" end
	end
	return texts, standby
end

local function refuse(wanted, message, hint)
	return report.fail { code = "samza.dialect", source = "--dialect", message = wanted .. " " .. message, hint = hint }
end

--- The dialect to write.
-- @tparam {Container,...} containers of the model
-- @tparam table facts reads `dialects`
-- @tparam string|nil wanted "U", "N2", "N3", "S"; nil or "auto" chooses
-- @treturn string|nil
-- @treturn table|nil err
return function(containers, facts, wanted)
	local texts, standby = special(containers)
	local readable = {}
	for name in facts.dialects:gmatch("%w+") do readable[name] = true end
	if wanted == nil or wanted == "auto" then
		if not texts and not standby then return "U" end
		return readable.S and "S" or "N3"
	end
	if not readable[wanted] then
		return refuse(wanted, ("is not read by Samza %s"):format(facts.version), "it reads " .. facts.dialects:gsub(" ", ", "))
	end
	if standby and wanted ~= "S" then return refuse(wanted, "cannot say standby tasks", "leave the option out, or take S") end
	if texts and wanted ~= "S" and wanted ~= "N3" then
		return refuse(wanted, "cannot say container ids that are no numbers", "leave the option out, or take N3")
	end
	return wanted
end
