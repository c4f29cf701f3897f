# Completion of `homeroom` for fish; `homeroom completion fish` prints it.
# The command itself knows what may follow. It is asked by its name, never by a path that was typed.
function __homeroom_complete
    set -l typed (commandline -opc)
    set -l lines (homeroom complete -- $typed[2..-1] (commandline -ct) 2>/dev/null)
    switch "$lines[1]"
        case files
            __fish_complete_path (commandline -ct)
        case directories
            __fish_complete_directories (commandline -ct)
    end
    printf '%s\n' $lines[2..-1]
end
complete -c homeroom -e
complete -c homeroom -f -k -a '(__homeroom_complete)'
