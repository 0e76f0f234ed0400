-- SPDX-License-Identifier: Apache-2.0
--- What a JVM, or the scripts of the release that start it, make of `task.opts`.
local pods = require("samzak8s.checks.pods")

local KEY = "task.opts"

-- Options that a later Java no longer takes: it does not start. { pattern, first Java without it }
local GONE = {
	{ "^%-XX:[+-]PrintGCDateStamps$", 9 }, { "^%-XX:[+-]PrintGCTimeStamps$", 9 }, { "^%-XX:[+-]UseGCLogFileRotation$", 9 },
	{ "^%-XX:NumberOfGCLogFiles=", 9 }, { "^%-XX:GCLogFileSize=", 9 }, { "^%-XX:[+-]PrintTenuringDistribution$", 9 },
	{ "^%-XX:[+-]PrintGCApplicationStoppedTime$", 9 }, { "^%-d64$", 10 }, { "^%-d32$", 10 },
	{ "^%-XX:[+-]UseParNewGC$", 10 }, { "^%-XX:[+-]UseConcMarkSweepGC$", 14 }, { "^%-XX:[+-]CMS", 14 },
	{ "^%-XX:CMS", 14 }, { "^%-XX:MaxPermSize=", 17 }, { "^%-XX:PermSize=", 17 }, { "^%-XX:[+-]UseBiasedLocking$", 18 },
}

local function check_word(word, found)
	for _, gone in ipairs(GONE) do
		if word:find(gone[1]) then
			found("warning", "java.option-gone", ("%s is unknown to Java %d and later, which does not start with it"):format(word, gone[2]),
				("remove it if the image has Java %d or later"):format(gone[2]))
		end
	end
	if word == "-Xloggc:/dev/null" then
		found("error", "java.loggc", "with -Xloggc:/dev/null and log file rotation the JVM does not start", "name a file, as in -Xloggc:/samza/log/gc.log")
	end
	if word:find("[*?%[]") then
		found("warning", "java.glob", word .. " is expanded by the shell, as the scripts do not quote JAVA_OPTS", "write it without *, ? and [")
	end
	if word:find("^%-XX:MaxRAMPercentage=") then return true end
end

local function options_of(job)
	local found, seen = {}, {}
	for _, pod in ipairs(pods.samza(job.resources)) do
		local text = pod.java_opts or ""
		if not seen[text] then found[#found + 1] = text end
		seen[text] = true
	end
	if not job.resources then found[1] = job.config:get(KEY) or "" end
	return found
end

local function check_options(text, job, found)
	local percentage = false
	for word in text:gmatch("%S+") do percentage = check_word(word, found) or percentage end
	if text:find("[\"']") then
		found("warning", "java.quotes", "quotes reach the JVM as they are, and options are split at blanks, as the scripts do not quote JAVA_OPTS",
			"leave the quotes out; no option may hold blanks")
	end
	if percentage and not text:find("-Xmx", 1, true) then
		found("warning", "java.percentage", "MaxRAMPercentage has no effect, as run-class.sh adds -Xmx768M where there is no -Xmx", "set -Xmx")
	end
	local own_log = text:find("-Xloggc", 1, true) or text:find("PrintGCDateStamps", 1, true)
	if job.facts.old_gc_options and not own_log then
		found("warning", "java.gc-options", ("run-class.sh of Samza %s adds PrintGCDateStamps, with which Java 9 and later do not start")
			:format(job.facts.version), "add -Xloggc:/samza/log/gc.log to task.opts, or keep Java 8 in the image")
	end
end

--- @tparam table job
-- @tparam function add(level, err)
return function(job, add)
	local config, facts = job.config, job.facts
	local function found(level, code, message, hint)
		add(level, config:about(KEY, { code = code, message = message, hint = hint }))
	end
	for _, text in ipairs(options_of(job)) do check_options(text, job, found) end
	if facts.needs_jar_tool then
		local key = "kubernetes.container.image"
		local image = config:get(key) or ""
		local jre = image:lower():find("jre", 1, true)
		add(jre and "warning" or "note", config:about(key, { code = "java.jar-tool",
			message = ("run-class.sh of Samza %s makes its class path with the JDK's tool jar%s"):format(facts.version, jre and ", which a JRE has not" or ""),
			hint = "use an image with a JDK, or run bin/run-class.sh X once while it is built" }))
	end
end
