-- SPDX-License-Identifier: Apache-2.0
--- The arrows in order. A run computes a stage when it is first asked for, and keeps it.
local report = require("samzak8s.report")
local system = require("samzak8s.native.system")

-- stage -> the stages it reads, the first being its input
local reads = {
	config = {},
	rewritten = { "config" }, -- the config that all later stages read
	inputs = { "rewritten" },
	partitions = { "inputs", "rewritten" },
	matched = { "partitions", "rewritten" },
	earlier = { "rewritten" }, -- the output of the last run
	previous = { "rewritten", "earlier" }, -- what earlier runs decided
	tasks = { "matched", "previous", "rewritten" },
	containers = { "tasks", "previous", "rewritten" },
	model = { "containers", "tasks", "previous", "rewritten" },
	manifests = { "model", "rewritten", "settings" },
	settings = { "rewritten" }, -- what the manifests need of the config, checked before anyone is asked
}

local Run = {}
Run.__index = Run

local M = { stages = { "config", "rewritten", "inputs", "earlier", "previous", "partitions", "matched", "tasks", "containers", "model", "manifests" } }

-- What the stages share: the options, where messages go, and the deadline of all network work together.
local function new_context(options, reporter)
	local context = { options = options, what_if = options.what_if_partitions or {} }
	local budget, started = options.timeout_ms or 30000, nil
	function context.warn(err) reporter:warning(err) end
	function context.note(err) reporter:note(err) end
	--- ms left of --timeout; the clock starts with the first network call
	function context.deadline()
		started = started or system.now_ms()
		return math.max(1, budget - (system.now_ms() - started))
	end
	--- called about every 100 ms while something is awaited; speaks after the first second
	function context.waiting(what, left)
		if started and system.now_ms() - started >= 1000 then reporter:waiting(what, left) end
	end
	--- a new budget, for the next statement of an interactive session
	function context.restart_deadline() started = nil end
	return context
end

--- @tparam table options of the command line
-- @tparam Report reporter
function M.new(options, reporter)
	return setmetatable({ options = options, report = reporter, done = {}, context = new_context(options, reporter) }, Run)
end

-- Says what the reporter has not already been told by another run of the job.
local function once(reporter)
	local quiet = setmetatable({}, { __index = reporter })
	for _, level in ipairs { "warning", "note" } do
		quiet[level] = function(_, err)
			for _, entry in ipairs(reporter.pending) do
				if entry[2].code == err.code and entry[2].message == err.message then return end
			end
			reporter[level](reporter, err)
		end
	end
	return quiet
end

--- A run of the same job under other circumstances: it asks the same cluster, and knows the same earlier decisions.
-- @tparam table changes `containers` (their number), `partitions` ({ ["kafka.orders"] = 16 })
-- @tparam[opt] table state earlier decisions to go by instead
-- @treturn Run|nil
-- @treturn table|nil err
function Run:what_if(changes, state)
	local previous, err = self:get("previous")
	if not previous then return nil, err end
	if state then previous = { state = state, found = {}, missing = {}, numbered = true } end
	local pairs_given = table.move(self.options.config or {}, 1, #(self.options.config or {}), 1, {})
	if changes.containers then
		pairs_given[#pairs_given + 1] = { key = "kubernetes.pod.count", value = tostring(changes.containers), from = "what-if" }
	end
	local options = setmetatable({ config = pairs_given, what_if_partitions = changes.partitions }, { __index = self.options })
	local other = M.new(options, once(self.report))
	for _, name in ipairs { "mock", "snapshot", "given", "earlier", "deadline", "waiting", "restart_deadline" } do other.context[name] = self.context[name] end
	other.done.earlier, other.done.previous = self.done.earlier, previous
	other.context.previous, other.context.state = previous, previous.state
	return other
end

local function compute(run, stage)
	local config, input
	for i = #reads[stage], 1, -1 do
		local name = reads[stage][i]
		local value, wrong = run:get(name)
		if value == nil then return nil, wrong end
		if name == "config" or name == "rewritten" then config = value end
	end
	if stage == "config" then
		local ok, err = require("samzak8s.samza.previous").check(run.context)
		if not ok then return nil, err end
		input = run.options
	elseif stage == "model" then
		input = { tasks = run.done.tasks, containers = run.done.containers }
	else
		input = run.done[reads[stage][1]]
	end
	return require("samzak8s.pipeline." .. stage)(input, config, run.context)
end

--- The result of a stage; stages above it run first.
-- @tparam string stage
-- @return value, or nil and err
function Run:get(stage)
	assert(reads[stage], "no such stage")
	if self.done[stage] == nil then
		local value, err = compute(self, stage)
		if value == nil then return report.fail(err) end
		self.done[stage] = value
	end
	return self.done[stage]
end

--- Drop a stage and everything that was made from it.
function Run:forget(stage)
	if stage == "earlier" then self.context.coordinator = nil end -- read anew, too
	-- topics that a rewriter listed are as old as the partitions
	if stage == "partitions" and self.context.whole then stage = "rewritten" end
	self.context.whole = nil
	self.done[stage] = nil
	for other, needs in next, reads do
		for _, need in ipairs(needs) do
			if need == stage and self.done[other] ~= nil then self:forget(other) end
		end
	end
	if stage == "config" then
		self.context = new_context(self.options, self.report)
	elseif stage == "rewritten" or stage == "inputs" or stage == "partitions" then
		self.context.snapshot, self.context.listings = nil, nil
	end
end

return M
