-- SPDX-License-Identifier: Apache-2.0
--- Between the first arrow and the second: the config as the job's rewriters leave it. May ask a cluster for its topics.
local job = require("samzak8s.samza.job")

local VERSION = "kubernetes.samza.version"

--- @tparam Config config merged; checked already when the job has no rewriters
-- @tparam Config _ the same
-- @tparam table context
-- @treturn Config|nil that all later stages read; `count` and `count_key` are set
-- @treturn table|nil err
return function(config, _, context)
	if config:get("job.config.rewriters") == nil then return config end
	local rewritten, err = require("samzak8s.samza.rewriters").apply(config, context)
	if not rewritten or rewritten == config then return rewritten, err end
	if rewritten:get(VERSION) ~= config:get(VERSION) then
		return rewritten:fail(VERSION, "samza.version", "a rewriter cannot change the release that it runs in", "set it in the properties file")
	end
	local ok
	ok, err = rewritten:check_known()
	if not ok then return nil, err end
	ok, err = job.check(rewritten, context)
	if not ok then return nil, err end
	return rewritten
end
