-- SPDX-License-Identifier: Apache-2.0
--- samzak8s model: the JobModel as JSON.
local output = require("samzak8s.output")
local pipeline = require("samzak8s.pipeline")

return function(options, reporter)
	local model, err = pipeline.new(options, reporter):get("model")
	if not model then
		reporter:error(err)
		return 1
	end
	return output(model.json .. "\n", reporter)
end
