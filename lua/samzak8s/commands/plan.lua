-- SPDX-License-Identifier: Apache-2.0
--- samzak8s plan: what would change against the earlier output, and the commands for it. Nothing is touched.
local jobmodel = require("samzak8s.native.jobmodel")
local output = require("samzak8s.output")
local pipeline = require("samzak8s.pipeline")
local plans = require("samzak8s.plan")
local system = require("samzak8s.native.system")
local text = require("samzak8s.plan.text")
local what_if = require("samzak8s.plan.what_if")

local function make(options, reporter)
	local changes, err
	if options.what_if then
		changes, err = what_if.parse(options.what_if, "--what-if")
		if not changes then return nil, err end
	end
	local run = pipeline.new(options, reporter)
	local earlier
	earlier, err = run:get("earlier")
	if earlier == nil then return nil, err end
	if changes then return plans.assume(run, earlier, changes) end
	return plans.make(earlier, run)
end

-- Empty lists stay lists in JSON.
local function as_json(plan)
	local function arrays(value)
		if type(value) ~= "table" then return value end
		local copy = {}
		for key, item in next, value do copy[key] = arrays(item) end
		return (next(copy) == nil or copy[1] ~= nil) and jobmodel.array(copy) or copy
	end
	local document = arrays(plan)
	document.format = "samzak8s.plan/1"
	return jobmodel.encode(document, { indent = 2 }) .. "\n"
end

local function is_coloured(options)
	local color = options.color or "auto"
	return color == "always" or color == "auto" and system.isatty(1) and not system.getenv("NO_COLOR")
end

--- @tparam table options of the command line
-- @tparam Report reporter
-- @treturn integer exit code
return function(options, reporter)
	local plan, err = make(options, reporter)
	if not plan then
		reporter:error(err)
		return 1
	end
	reporter:flush()
	local shown = options.format == "json" and as_json(plan) or text.format(plan, { full = options.full, color = is_coloured(options) })
	local code = output(shown, reporter)
	if code ~= 0 then return code end
	return plan.differs and not options.exit_zero and 2 or 0
end
