-- SPDX-License-Identifier: Apache-2.0
--- The earlier output of the job: what the last `generate` wrote, before this one writes over it. Needs no network.
local lazy = require("samzak8s.lazy")
local earlier = lazy("samzak8s.kubernetes.earlier")
local cjson = require("cjson")
local model_reader = lazy("samzak8s.samza.model_reader")
local output_directory = lazy("samzak8s.output_directory")
local report = require("samzak8s.report")
local sorted = require("samzak8s.sorted")
local stores = require("samzak8s.samza.stores")
local system = require("samzak8s.native.system")

local EDITED = "restore the file as it was written, or give --state FILE (--state none: the job is new)"

-- Where to look: --against, else where the output goes to.
local function path_of(options, config)
	if options.against then return options.against, true end
	local path = options.out or config:get("kubernetes.resources.out")
	local kind = path and path ~= "-" and path ~= "" and system.kind(path)
	if kind ~= "file" and kind ~= "directory" then return nil end
	return path, false
end

local function is_same_job(model, config)
	return model.config["job.name"] == config:get("job.name") and (model.config["job.id"] or "1") == (config:get("job.id") or "1")
end

local function job_text(name, id)
	return ("%q"):format(tostring(name)) .. (id and id ~= "1" and (" (job.id %s)"):format(id) or "")
end

-- Which of the containers in the model has no object, or the other way round.
local function incomplete(found, model)
	if not found.ids then return nil end
	local known = {}
	for _, container in ipairs(model.containers) do
		known[container.id] = true
		if not found.ids[container.id] then return ("container %s of its JobModel has no object in it"):format(container.id) end
	end
	for id in sorted.pairs(found.ids) do
		if not known[id] then return ("its container %s is not in its JobModel"):format(id) end
	end
end

local function retired_of(text)
	if type(text) ~= "string" then return nil end
	local ok, value = pcall(cjson.decode, text)
	if not ok or type(value) ~= "table" then return nil, true end
	for name, id in next, value do
		id = type(name) == "string" and type(id) == "number" and math.tointeger(id)
		if not id or id < 0 then return nil, true end
		value[name] = id
	end
	return value
end

-- The one model of a file: its text decoded, checked against name, objects and job. Second result: err.
local function model_of(found)
	if #found.models > 1 then
		local a, b = found.models[1], found.models[2]
		return nil, { code = "earlier.models", message = ("holds two different JobModels, in %s and in %s"):format(a.where, b.where) }
	end
	local entry = found.models[1]
	local model, err = model_reader.read(entry.text)
	if not model then return nil, err end
	local retired, damaged = retired_of(found.retired)
	if damaged then return nil, { code = "earlier.edited", message = "its annotation " .. earlier.retired_annotation .. " is damaged" } end
	if entry.edited then
		return nil, { code = "earlier.edited", message = ("the JobModel in %s is not the one that was written: it was edited"):format(entry.where) }
	end
	local gap = incomplete(found, model)
	if gap and not entry.verified then return nil, { code = "earlier.incomplete", message = gap } end
	model.state, err = model_reader.state(model, retired)
	if not model.state then return nil, err end
	return model, gap and { code = "earlier.incomplete", message = gap } or nil
end

-- A guess would corrupt state: jobs with changelogs go on only when told where they stand.
local function is_fatal(config, context, explicit)
	return explicit or context.options.state == nil and #stores.with_changelog(config) > 0
end

local function read(config, context)
	local path, explicit = path_of(context.options, config)
	if not path then return false end
	local text, err
	if system.kind(path) == "directory" then
		text, err = output_directory.read(path)
		if not text and not err then return false end -- nothing of ours is in it
	else
		text, err = system.read(path)
	end
	if not text then return nil, err end
	-- a problem: an error when going on could harm, else a warning and no earlier output
	local function refuse(problem)
		problem.source = problem.line and ("%s:%d"):format(path, problem.line) or path
		problem.hint = problem.hint or EDITED
		if is_fatal(config, context, explicit) then return report.fail(problem) end
		context.warn(problem)
		return false
	end
	local found
	found, err = earlier.read(text)
	if found and #found.objects == 0 then
		if explicit then return refuse { code = "earlier.empty", message = "holds no objects", hint = "give the file that an earlier run wrote" } end
		return false
	end
	if not found and err.ours then
		return refuse { code = "earlier.damaged", line = err.line, message = "the earlier output cannot be read: " .. err.message }
	end
	if not found or not found.ours and #found.models == 0 then
		return refuse { code = "earlier.foreign",
			message = explicit and "is no output of this program" or "was not written by this program, and the output would replace it",
			hint = explicit and "give the file that an earlier run wrote" or "name another file with -o, or remove this one" }
	end
	if #found.models == 0 then
		return refuse { code = "earlier.no-model", message = "the earlier output holds no JobModel",
			hint = "a layout that leaves job.model out cannot be read back; give --state FILE" }
	end
	local model
	model, err = model_of(found)
	if not model then return refuse(err) end
	if err then context.warn { code = err.code, source = path, message = err.message, hint = "restore the file as it was written, if it was cut" } end
	if not is_same_job(model, config) then
		local other = { code = "earlier.job", key = "job.name", message = ("it is the output of the job %s, and this is %s"):format(job_text(model.config["job.name"], model.config["job.id"]),
			job_text(config:get("job.name"), config:get("job.id"))),
			hint = explicit and "its decisions are taken over for the job as it is named now"
				or ("if the job was renamed, --against %s takes its decisions over; else name another file with -o"):format(path) }
		if not explicit then return refuse(other) end
		other.source = path
		context.note(other)
	end
	return { origin = path, text = text, objects = found.objects, containers = model.containers, config = model.config, state = model.state }
end

--- @tparam Config config
-- @tparam Config _ the same
-- @tparam table context receives `earlier`
-- @treturn table|boolean|nil origin (path), text, objects, containers, config (of its model), state; false when there is none
-- @treturn table|nil err
return function(config, _, context)
	local found, err = read(config, context)
	context.earlier = found
	return found, err
end
