// Completion for bash, as a script to be sourced, or put where bash-completion looks for it. It needs nothing of that package.
'use strict';

/** In single quotes, as bash reads it. */
function quoted(text) {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

/** `name=kind` of an option that takes a value: `file`, `domain`, or its words after a `:`. */
function takes({ name, kind, values }) {
  if (kind === 'flag') return [];
  if (values === undefined) return [`${name}=`];
  return [`${name}=${typeof values === 'string' ? values : `:${values.join(',')}`}`];
}

/** `e=env` of an option that has a letter and takes a value. */
function lettered({ name, letter, kind }) {
  return letter === undefined || kind === 'flag' ? [] : [`${letter}=${name}`];
}

function specification({ verb, table }) {
  const names = table.map(({ name }) => `--${name}`);
  const bare = table.filter(({ positional }) => positional !== undefined);
  const several = table.filter(({ kind, repeatable }) => repeatable || kind === 'strings');
  const lines = [
    `        ${verb})`,
    `            options=${quoted(names.join(' '))}`,
    `            takes=${quoted(table.flatMap(takes).join(' '))}`,
    `            letters=${quoted(table.flatMap(lettered).join(' '))}`,
    `            bare=${quoted(bare.map(({ name }) => name).join(' '))}`,
    `            several=${quoted(several.map(({ name }) => `--${name}`).join(' '))}`,
    '            ;;',
  ];
  return lines.filter((line) => !line.endsWith("=''"));
}

function bashCompletion({ verbs, groups, globals, notice }) {
  const valued = globals.filter(({ value }) => value === 'required').flatMap(spellings);
  return `# bash completion for tslxc                                -*- shell-script -*-
# ${notice}

# The lines that a verb prints, with the options before the verb that say where it is to look.
_tslxc_lines()
{
    "\${COMP_WORDS[0]}" "\${_tslxc_where[@]}" -q "$@" 2>/dev/null
}

# What each verb takes: its options, which of them have a value and of what kind, letters of such, and those that a bare word is for.
_tslxc_verb()
{
    case $1 in
${verbs.flatMap(specification).join('\n')}
    esac
}

# The words of a line as bash reads them: complete ones in words, the one that is being typed in cur, both without their quotes; a
# quote that is open in quote, and what the word has before it in before. Nothing is expanded.
_tslxc_split()
{
    local line=$1 char begun=''
    local -i at
    words=() cur='' quote='' before=''
    for ((at = 0; at < \${#line}; at++)); do
        char=\${line:at:1}
        if [[ -z $quote && $char == [[:blank:]] ]]; then
            [[ -n $begun ]] && words+=("$cur")
            cur='' begun=''
            continue
        fi
        begun=1
        if [[ $char == "$quote" ]]; then
            quote='' before=''
        elif [[ -z $quote && $char == [\\"\\'] ]]; then
            quote=$char before=$cur
        elif [[ $char == \\\\ && $quote != \\' ]]; then
            at+=1
            char=\${line:at:1}
            [[ $quote == \\" && $char != [\\"\\\\\\$\\\`] ]] && cur+=\\\\
            cur+=$char
        else
            cur+=$char
        fi
    done
}

# Quotes the word for the place where it is inserted: within the quote that is open, or without one.
_tslxc_quote()
{
    local text=$word char
    local -i at
    if [[ -z $quote ]]; then
        [[ -z $text ]] || printf -v word '%q' "$text"
        return
    fi
    word=''
    for ((at = 0; at < \${#text}; at++)); do
        char=\${text:at:1}
        case $quote$char in
            \\'\\' | \\"!) word+=$quote\\\\$char$quote ;;
            \\"[\\"\\\\\\$\\\`]) word+=\\\\$char ;;
            *) word+=$char ;;
        esac
    done
    # readline closes the quote, unless it takes the last character for that.
    [[ $word != *"$quote" ]] || word+=$quote
}

# Candidates for a value of this kind, one in each line.
_tslxc_values()
{
    case $1 in
        :*) tr ',' '\\n' <<<"\${1#:}" ;;
        domain) _tslxc_lines list --all --name ;;
        active-domain) _tslxc_lines list --name ;;
        inactive-domain) _tslxc_lines list --inactive --name ;;
        network) _tslxc_lines net-list --all --name ;;
        active-network) _tslxc_lines net-list --name ;;
        inactive-network) _tslxc_lines net-list --inactive --name ;;
        image) _tslxc_lines images --name ;;
        nodedev) _tslxc_lines nodedev-list ;;
        nwfilter) _tslxc_lines nwfilter-list --name ;;
        secret) _tslxc_lines secret-list --uuid ;;
        interface) _tslxc_lines iface-list --all --name ;;
        verb) printf '%s\\n' ${[...groups, ...verbs.map(({ verb }) => verb)].join(' ')} ;;
        file) compgen -f -- "$2" ;;
        folder) compgen -d -- "$2" ;;
    esac
}

_tslxc()
{
    local cur='' quote='' before='' verb='' word awaiting='' kind='' options='' takes='' bare='' letters='' several='' pair
    local -a words _tslxc_where=() given=()
    # Not COMP_WORDS, which bash has split at each = and : as well.
    _tslxc_split "\${COMP_LINE:0:COMP_POINT}"
    COMPREPLY=()

    for word in "\${words[@]:1}"; do
        if [[ -n $verb ]]; then
            given+=("$word")
        elif [[ -n $awaiting ]]; then
            case $awaiting in -c | --connect | --root) _tslxc_where+=("$awaiting" "$word") ;; esac
            awaiting=''
        else
            case $word in
                ${valued.join(' | ')}) awaiting=$word ;;
                --connect=* | --root=* | -c?*) _tslxc_where+=("$word") ;;
                -*) ;;
                *) verb=$word ;;
            esac
        fi
    done

    if [[ -n $awaiting ]]; then
        case $awaiting in
            --root) kind=folder ;;
            -l | --log) kind=file ;;
        esac
    elif [[ -z $verb ]]; then
        case $cur in
            -*) kind=':${globals.flatMap(spellings).join(',')}' ;;
            *) kind=':${verbs.map(({ verb }) => verb).join(',')}' ;;
        esac
    else
        _tslxc_verb "$verb"
        for word in "\${given[@]}"; do
            if [[ -n $awaiting ]]; then
                awaiting=''
            elif [[ $word == --*=* ]]; then
                options=" $options "
                options=\${options/ "\${word%%=*}" / }
                bare=" $bare "
                word=\${word%%=*}
                bare=\${bare/ "\${word#--}" / }
            elif [[ $word == --* ]]; then
                options=" $options "
                options=\${options/ "$word" / }
                bare=" $bare "
                bare=\${bare/ "\${word#--}" / }
                [[ " $takes" == *" \${word#--}="* ]] && awaiting=$word
            elif [[ $word == -? ]]; then
                for pair in $letters; do
                    [[ $pair == "\${word#-}="* ]] && awaiting=--\${pair#*=}
                done
            elif [[ $word != -* ]]; then
                read -r word bare <<<"$bare"
                options=" $options "
                options=\${options/ "--$word" / }
            fi
        done
        # What takes several values is offered again.
        for word in $several; do
            [[ " $options " == *" $word "* ]] || options+=" $word"
        done
        if [[ -z $awaiting && $cur == --*=* ]]; then
            awaiting=\${cur%%=*}
        elif [[ -z $awaiting && $cur != -* ]]; then
            read -r awaiting _ <<<"$bare"
        fi
        if [[ -n $awaiting ]]; then
            for word in $takes; do
                [[ $word == "\${awaiting#--}="* ]] && kind=\${word#*=}
            done
        fi
        # Where nothing is known of a value, and nothing is typed of it, the options are what may come.
        if [[ $cur == -* && $cur != --*=* ]] || [[ -z $cur && -z $kind && $awaiting != --* ]]; then
            read -ra words <<<"$options"
            kind=":$(IFS=,; printf '%s' "\${words[*]}")"
        fi
    fi

    local prefix=''
    if [[ $cur == --*=* ]]; then
        prefix=\${cur%%=*}=
        cur=\${cur#*=}
    fi
    # What bash leaves as it is, since the word that it replaces begins after that: an open quote, or else the last = or :.
    local kept=$before
    if [[ -z $quote ]]; then
        kept=$prefix$cur
        while [[ -n $kept && ($kept != *[=:] || $COMP_WORDBREAKS != *"\${kept: -1}"*) ]]; do
            kept=\${kept%?}
        done
    fi
    # Not by compgen -W, which would carry out what stands in a name. Those of files are quoted by bash itself.
    while IFS= read -r word; do
        [[ -n $word && $word == "$cur"* ]] || continue
        word=$prefix$word
        word=\${word#"$kept"}
        [[ $kind == file || $kind == folder ]] || _tslxc_quote
        COMPREPLY+=("$word")
    done < <(_tslxc_values "$kind" "$cur")
    [[ $kind == file || $kind == folder ]] && compopt -o filenames
    return 0
}

complete -F _tslxc tslxc
`;
}

/** `-c` and `--connect`. */
function spellings({ name, letter }) {
  return [
    ...(letter === undefined ? [] : [`-${letter}`]),
    ...(name === undefined ? [] : [`--${name}`]),
  ];
}

module.exports = { bashCompletion };
