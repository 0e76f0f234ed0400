-- SPDX-License-Identifier: Apache-2.0
--- Is everything a table, a list or a text that the checks take for one? Layouts of users return anything.

-- Of every object, and of those with a pod template. `[]` is each item of a list.
local COMMON = {
	{ "metadata.labels", "table" }, { "metadata.annotations", "table" }, { "metadata.namespace", "string" },
	{ "data", "table" }, { "binaryData", "table" }, { "stringData", "table" },
}
local POD = "spec.template.spec."
local WORKLOAD = {
	{ "spec", "table" }, { "spec.selector", "table" }, { "spec.selector.matchLabels", "table" },
	{ "spec.strategy", "table" }, { "spec.volumeClaimTemplates", "table" }, { "spec.volumeClaimTemplates[]", "table" },
	{ "spec.volumeClaimTemplates[].metadata", "table" }, { "spec.volumeClaimTemplates[].metadata.name", "string" },
	{ "spec.template", "table" }, { "spec.template.metadata", "table" }, { "spec.template.metadata.labels", "table" },
	{ "spec.template.metadata.annotations", "table" }, { "spec.template.spec", "table" },
	{ POD .. "volumes", "table" }, { POD .. "volumes[]", "table" },
	{ POD .. "volumes[].configMap", "table" }, { POD .. "volumes[].secret", "table" },
	{ POD .. "nodeSelector", "table" }, { POD .. "serviceAccountName", "string" },
	{ POD .. "priorityClassName", "string" }, { POD .. "restartPolicy", "string" },
}
for _, list in ipairs { "containers", "initContainers" } do
	for _, item in ipairs {
		{ "", "table" }, { "[]", "table" }, { "[].env", "table" }, { "[].env[]", "table" },
		{ "[].resources", "table" }, { "[].resources.limits", "table" }, { "[].resources.requests", "table" },
		{ "[].volumeMounts", "table" }, { "[].volumeMounts[]", "table" }, { "[].volumeMounts[].name", "string" },
	} do
		WORKLOAD[#WORKLOAD + 1] = { POD .. list .. item[1], item[2] }
	end
end

-- Split once: "a.b[]" -> { "a", "b", "[]" }.
local function compile(rules)
	for _, rule in ipairs(rules) do
		for step in rule[1]:gsub("%[%]", ".[]"):gmatch("[^.]+") do rule[#rule + 1] = step end
	end
	return rules
end
compile(COMMON)
compile(WORKLOAD)

-- Follow the steps of a rule from the third on; what is absent is fine.
local function follow(value, rule, at, path, bad)
	if value == nil then return true end
	local step = rule[at]
	if step == nil then
		if type(value) == rule[2] then return true end
		return bad(path, ("is a %s, not a %s"):format(type(value), rule[2]))
	end
	if type(value) ~= "table" then return true end -- another rule says so
	if step ~= "[]" then return follow(value[step], rule, at + 1, path == "" and step or path .. "." .. step, bad) end
	for i, item in ipairs(value) do
		local ok, err = follow(item, rule, at + 1, ("%s[%d]"):format(path, i - 1), bad)
		if not ok then return nil, err end
	end
	return true
end

--- @tparam table resource
-- @tparam boolean workload it has a pod template
-- @tparam function bad(path, message) -> nil, err
-- @treturn boolean|nil true, or nil and what `bad` made
return function(resource, workload, bad)
	for _, rules in ipairs { COMMON, workload and WORKLOAD or nil } do
		for _, rule in ipairs(rules) do
			local ok, err = follow(resource, rule, 3, "", bad)
			if not ok then return nil, err end
		end
	end
	return true
end
