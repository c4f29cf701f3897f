# Completion of `homeroom` for bash; `homeroom completion bash` prints it.
# The command itself knows what may follow. It is asked by its name, never by a path that was typed.
_homeroom() {
  local line word own break candidates=()
  while IFS= read -r line; do candidates+=("${line%%$'\t'*}"); done \
    < <(homeroom complete --line -- "${COMP_LINE:0:COMP_POINT}" 2> /dev/null)
  own=${candidates[0]-words}
  candidates=("${candidates[@]:1}")
  COMPREPLY=()
  if [[ $own == files ]]; then
    compopt -o filenames 2> /dev/null
    mapfile -t COMPREPLY < <(compgen -f -- "$2")
  elif [[ $own == directories ]]; then
    compopt -o filenames 2> /dev/null
    mapfile -t COMPREPLY < <(compgen -d -- "$2")
  fi
  # bash takes = and : for the end of a word: what stands before them is typed already and stays.
  word=${COMP_LINE:0:COMP_POINT}
  word=${word##*[[:space:]]}
  break=
  [[ $COMP_WORDBREAKS == *=* && $word == *=* ]] && break=${word%"${word##*=}"}
  for line in "${candidates[@]}"; do COMPREPLY+=("$(printf '%q' "${line#"$break"}")"); done
  [[ ${#COMPREPLY[@]} == 1 && ${COMPREPLY[0]} == *[.=] ]] && compopt -o nospace 2> /dev/null
}
complete -o nosort -F _homeroom homeroom 2> /dev/null || complete -F _homeroom homeroom
