// A runbook of docs/runbooks as a page in Grafana, so that a link from a panel or an alert works where no repository is.
//   name: the file's, without .md; text: its content, whose first line is `# Title`
function(name, text)
  local lines = std.split(text, '\n');
  {
    uid: 'runbook-' + name,
    title: std.lstripChars(lines[0], '# '),
    tags: ['pim-runbook'],
    schemaVersion: 41,
    editable: false,
    links: [{ title: 'PIM', type: 'dashboards', tags: ['pim'], asDropdown: false, includeVars: false, keepTime: true }],
    panels: [{
      id: 1,
      type: 'text',
      title: '',
      description: 'docs/runbooks/%s.md' % name,
      transparent: true,
      gridPos: { x: 0, y: 0, w: 24, h: 24 },
      options: { mode: 'markdown', content: std.join('\n', lines[2:]) },
    }],
  }
