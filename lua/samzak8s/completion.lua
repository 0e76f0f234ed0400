-- SPDX-License-Identifier: Apache-2.0
--- Shell completion for bash and zsh, made from the tables of the command line.
local host = require("samzak8s.native.host")

local M = {}

local function words()
	local commands, options, choices = {}, {}, {}
	for _, command in ipairs(host.commands) do commands[#commands + 1] = command.name end
	for _, option in ipairs(host.options) do
		options[#options + 1] = #option.name == 1 and "-" .. option.name or "--" .. option.name
		if option.choices then choices[#choices + 1] = ("\t--%s) COMPREPLY=($(compgen -W '%s' -- \"$word\")); return ;;"):format(option.name, option.choices:gsub("|", " ")) end
	end
	return table.concat(commands, " "), table.concat(options, " "), table.concat(choices, "\n")
end

--- @treturn string a script for bash
function M.bash()
	local commands, options, choices = words()
	return ([[
# bash completion of samzak8s
_samzak8s() {
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]}
	case $before in
@choices
	esac
	case $word in
	-*) COMPREPLY=($(compgen -W '@options' -- "$word")) ;;
	*)
		COMPREPLY=($(compgen -f -X '!*.properties' -- "$word") $(compgen -d -- "$word"))
		if [ "$COMP_CWORD" -eq 1 ]; then COMPREPLY+=($(compgen -W '@commands' -- "$word")); fi
		;;
	esac
}
complete -o filenames -F _samzak8s samzak8s
]]):gsub("@(%a+)", { commands = commands, options = options, choices = choices })
end

local function quote(text)
	return (text:gsub("'", "'\\''"):gsub("[%[%]:]", "\\%0"))
end

--- @treturn string a script for zsh
function M.zsh()
	local lines = { "#compdef samzak8s", "_arguments \\" }
	for _, option in ipairs(host.options) do
		local value = option.value and (":" .. (option.choices and ("value:(%s)"):format(option.choices:gsub("|", " ")) or quote(option.value:lower()) .. ":_files")) or ""
		local name = #option.name == 1 and "-" .. option.name or "--" .. option.name .. (option.value and "=" or "")
		lines[#lines + 1] = ("\t'*%s[%s]%s' \\"):format(name, quote(option.help), value)
	end
	local commands = {}
	for _, command in ipairs(host.commands) do commands[#commands + 1] = command.name end
	lines[#lines + 1] = ("\t'1:command or file:_alternative \"commands:command:(%s)\" \"files:file:_files\"' \\"):format(table.concat(commands, " "))
	lines[#lines + 1] = "\t'*:file:_files'"
	return table.concat(lines, "\n") .. "\n"
end

return M
