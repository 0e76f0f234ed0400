-- SPDX-License-Identifier: Apache-2.0
--- samzak8s lint FILE.yaml ...: our own validation on any manifest, ours or hand-written.
local audit = require("samzak8s.audit")
local earlier = require("samzak8s.kubernetes.earlier")
local find = require("samzak8s.kubernetes.findings")
local made_by = require("samzak8s.kubernetes.names").made
local ownership = require("samzak8s.kubernetes.ownership")
local system = require("samzak8s.native.system")
local yaml = require("samzak8s.native.yaml")

local null = require("cjson").null

-- The files that operands name; a directory stands for the manifests in it.
local function files_of(operands, found)
	local files = {}
	for _, path in ipairs(operands) do
		if system.kind(path) == "directory" then
			local names, err = system.list(path)
			if not names then found:fail(err) end
			for _, name in ipairs(names or {}) do
				if name:find("%.ya?ml$") or name:find("%.json$") then files[#files + 1] = path:gsub("/*$", "/") .. name end
			end
		else
			files[#files + 1] = path
		end
	end
	return files
end

-- A null is the same as nothing, to the server.
local function without_nulls(value)
	for key, item in pairs(value) do
		if item == null and math.type(key) ~= "integer" then value[key] = nil
		elseif type(item) == "table" then without_nulls(item) end
	end
	return value
end

-- Objects of kustomize, and of nobody, are not for a cluster.
local function is_for_cluster(document)
	return type(document) ~= "table" or type(document.apiVersion) ~= "string" or not document.apiVersion:find("^kustomize%.")
end

-- Append the objects of one file: `places[i]` says where resource i is.
local function load_file(path, resources, places, found)
	local text, err = system.read(path)
	if not text then return found:fail(err) end
	local lines = {}
	local documents, wrong = yaml.parse(text, lines)
	if not documents then
		return found:add("error", { code = wrong.code, source = ("%s:%d"):format(path, wrong.line), message = wrong.message })
	end
	local function add(object, line)
		resources[#resources + 1] = type(object) == "table" and without_nulls(object) or object
		places[#resources] = { path = path, lines = lines, line = line }
	end
	for i, document in ipairs(documents) do
		if type(document) == "table" and document.kind == "List" and type(document.items) == "table" then
			for k, item in ipairs(document.items) do add(item, lines[document.items][k]) end
		elseif is_for_cluster(document) then
			add(document, lines[documents][i])
		end
	end
end

-- The line of a path in an object, or of the last part of it that is there.
local function line_of(place, resource, path)
	local value, line, rest = resource, place.line, path
	while type(value) == "table" and rest ~= "" do
		local step, best = rest:match("^%[(%d+)%]"), nil
		if step then
			best, rest = math.tointeger(tonumber(step)) + 1, rest:sub(#step + 3)
		else
			-- keys may hold dots themselves: the longest that fits
			for key in pairs(value) do
				if type(key) == "string" and rest:sub(1, #key) == key and rest:find("^[.[]", #key + 1) or rest == key then
					if not best or #key > #best then best = key end
				end
			end
			rest = best and rest:sub(#best + 1) or rest
		end
		if best == nil or value[best] == nil then break end
		line = (place.lines[value] or {})[best] or line
		value, rest = value[best], rest:gsub("^%.", "")
	end
	return line
end

local function words(finding)
	if not finding.title then return finding.message end
	return ("%s: %s%s"):format(finding.title, finding.path ~= "" and finding.path .. ": " or "", finding.message)
end

-- Findings in the order of the files and their lines.
local function report(findings, resources, places, found)
	for i, f in ipairs(findings) do
		local place = places[f.resource]
		f.line, f.order = line_of(place, resources[f.resource], f.path), i
	end
	table.sort(findings, function(a, b)
		if a.resource ~= b.resource then return a.resource < b.resource end
		if a.line ~= b.line then return a.line < b.line end
		return a.order < b.order
	end)
	for _, f in ipairs(findings) do
		found:add(f.level, { code = f.code, source = ("%s:%d"):format(places[f.resource].path, f.line), message = words(f) })
	end
end

-- Must an object of this name be among those that go with `r`?
local function made(r, name)
	local labels = r.metadata.labels or {}
	return made_by(labels["app.kubernetes.io/instance"] or labels.app or "", name)
end

return function(options, reporter)
	local found = audit.new(options, reporter, "lint")
	local files, resources, places = files_of(options.operands, found), {}, {}
	for _, path in ipairs(files) do load_file(path, resources, places, found) end
	local findings, list = find(resources, { ours = earlier.is_ours, made = made })
	local place = {}
	for i, r in ipairs(resources) do place[r] = i end
	ownership(list, function(r, path, message, level, code)
		findings[#findings + 1] = { level = level, code = code or "manifest.risk", resource = place[r], title = r.kind .. "/" .. r.metadata.name,
			path = path, message = message }
	end)
	report(findings, resources, places, found)
	local counted = ("%d object%s in %d file%s: "):format(#resources, #resources == 1 and "" or "s", #files, #files == 1 and "" or "s")
	return found:finish({ objects = #resources, files = #files }, {}, counted)
end
