-- SPDX-License-Identifier: Apache-2.0
--- Check the Kubernetes objects of one job before they are written; stops at the first error.
local fail = require("samzak8s.report").fail
local find = require("samzak8s.kubernetes.findings")

local NOTES = 4 -- more of the same list, behind the first

local APPLY = "apply with: kubectl apply --server-side --field-manager=samzak8s -f FILE"

local function words(finding)
	if finding.code == "manifest.shape" then return ("resource %d %s"):format(finding.resource, finding.message) end
	if finding.code == "manifest.client-side-apply" then return finding.title .. " " .. finding.message end
	return ("%s: %s%s"):format(finding.title, finding.path ~= "" and finding.path .. ": " or "", finding.message)
end

--- Check all objects of one output.
-- @tparam {table,...} resources
-- @tparam table about `source`: who made them (a layout's file), or a function that tells it of each one's place;
-- `made(name) -> boolean`: is it the name of an object that must be among the resources? `warn(err)`
-- @treturn boolean|nil true, or nil and an error that names the object, the field and the numbers; `err.resource` is its place
return function(resources, about)
	local made = about.made
	local findings = find(resources, { ours = function() return made ~= nil end, made = function(_, name) return made(name) end })
	local first, notes = nil, {}
	for _, finding in ipairs(findings) do
		local source = about.source
		if type(source) == "function" then source = source(finding.resource) end
		if finding.level == "warning" then
			about.warn { code = finding.code, source = source, message = words(finding),
				hint = finding.code == "manifest.client-side-apply" and APPLY or nil }
		elseif not first then
			first = { code = finding.code, source = source, message = words(finding), resource = finding.resource,
				hint = finding.code == "manifest.shape" and "each needs apiVersion, kind and metadata.name" or nil }
		else
			notes[#notes + 1] = words(finding)
		end
	end
	if not first then return true end
	if #notes > NOTES then notes = { table.unpack(notes, 1, NOTES), ("and %d more"):format(#notes - NOTES) } end
	first.notes = #notes > 0 and notes or nil
	return fail(first)
end
