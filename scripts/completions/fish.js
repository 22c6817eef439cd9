// Completion for fish, as a file `tslxc.fish` in a folder of $fish_complete_path.
'use strict';

/** In single quotes, as fish reads it. */
function quoted(text) {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}

/** What completes a value, as arguments of `complete`. */
function candidates(values) {
  if (values === undefined) return '';
  if (typeof values !== 'string') return ` -a ${quoted(values.join(' '))}`;
  const lines = {
    file: '__fish_complete_path',
    folder: '__fish_complete_directories',
    verb: '__tslxc_topics',
    domain: '__tslxc_lines list --all --name',
    'active-domain': '__tslxc_lines list --name',
    'inactive-domain': '__tslxc_lines list --inactive --name',
    network: '__tslxc_lines net-list --all --name',
    'active-network': '__tslxc_lines net-list --name',
    'inactive-network': '__tslxc_lines net-list --inactive --name',
    image: '__tslxc_lines images --name',
    nodedev: '__tslxc_lines nodedev-list',
    nwfilter: '__tslxc_lines nwfilter-list --name',
    secret: '__tslxc_lines secret-list --uuid',
    interface: '__tslxc_lines iface-list --all --name',
  };
  return ` -a ${quoted(`(${lines[values]})`)}`;
}

function optionLine(condition, { name, letter, kind, help, values }) {
  const short = letter === undefined ? '' : ` -s ${letter}`;
  const value = kind === 'flag' ? '' : ` -x${candidates(values)}`;
  return `complete -c tslxc -n ${quoted(condition)}${short} -l ${name}${value} -d ${quoted(help)}`;
}

function verbLines({ verb, summary, table }) {
  const inVerb = `__tslxc_in ${verb}`;
  const bare = table.filter(({ positional }) => positional !== undefined);
  return [
    `complete -c tslxc -n __tslxc_begins -a ${verb} -d ${quoted(summary)}`,
    ...table.map((option) => optionLine(inVerb, option)),
    ...bare.flatMap(({ values, kind }, index) => {
      const place = kind === 'strings' || kind === 'words' ? 'from' : 'at';
      if (values === undefined) return [];
      const condition = `${inVerb}; and __tslxc_${place} ${index}`;
      return [`complete -c tslxc -n ${quoted(condition)}${candidates(values)}`];
    }),
  ];
}

function globalLine({ name, letter, value, help }) {
  const short = letter === undefined ? '' : ` -s ${letter}`;
  const required = value === 'required' ? (name === 'root' || name === 'log' ? ' -r' : ' -x') : '';
  const long = name === undefined ? '' : ` -l ${name}`;
  return `complete -c tslxc -n __tslxc_begins${short}${long}${required} -d ${quoted(help)}`;
}

function fishCompletion({ verbs, groups, globals, notice }) {
  const valued = globals
    .filter(({ value }) => value === 'required')
    .flatMap(({ name, letter }) => [`--${name}`, ...(letter === undefined ? [] : [`-${letter}`])]);
  const topics = [...groups, ...verbs.map(({ verb }) => verb)];
  return `# ${notice}

# The words after the options that stand before the verb.
function __tslxc_words
    set -l awaiting 0
    set -l begun 0
    for word in (commandline -opc)[2..-1]
        if test $begun = 1
            echo -- $word
        else if test $awaiting = 1
            set awaiting 0
        else if contains -- $word ${valued.join(' ')}
            set awaiting 1
        else if not string match -q -- '-*' $word
            set begun 1
            echo -- $word
        end
    end
end

# Whether the verb has not been typed yet.
function __tslxc_begins
    test (count (__tslxc_words)) -eq 0
end

# Whether this is the verb.
function __tslxc_in
    test (__tslxc_words)[1] = $argv[1] 2>/dev/null
end

# How many bare words follow the verb.
function __tslxc_bare
    count (__tslxc_words | tail -n +2 | string match -v -- '-*')
end

function __tslxc_at
    test (__tslxc_bare) -eq $argv[1]
end

function __tslxc_from
    test (__tslxc_bare) -ge $argv[1]
end

# The lines that a verb prints, with the options before the verb that say where it is to look.
function __tslxc_lines
    set -l where
    set -l words (commandline -opc)
    for index in (seq 2 (count $words))
        switch $words[$index]
            case -c --connect --root
                set -a where $words[$index] $words[(math $index + 1)]
            case '--connect=*' '--root=*'
                set -a where $words[$index]
        end
    end
    tslxc $where -q $argv 2>/dev/null
end

function __tslxc_topics
    printf '%s\\n' ${topics.join(' ')}
end

complete -c tslxc -f
${globals.map(globalLine).join('\n')}
${verbs.flatMap(verbLines).join('\n')}
`;
}

module.exports = { fishCompletion };
