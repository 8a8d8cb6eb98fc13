/* What results are shown with: tables, lists that filter, tabs. */

/** @param {string} word */
const pill = word => make('span', { className: `pill ${word.normalize('NFD').replace(/[\u0300-\u036f]/g, '').replace(/ /g, '-')}` }, word);

/** @param {string} caption @param {string[]} titles @param {(string|Node|{number: string})[][]} rows */
function table(caption, titles, rows) {
  if (!rows.length) return make('p', { className: 'card' }, 'Rien à montrer ici.');
  const isNumber = (/** @type {any} */ cell) => typeof cell === 'object' && 'number' in cell;
  const head = make('tr', {}, ...titles.map((title, i) => make('th', { scope: 'col', className: rows.length && isNumber(rows[0][i]) ? 'number' : '' }, title)));
  const body = rows.map(row => make('tr', {}, ...row.map((cell, i) => {
    if (i === 0) return make('th', { scope: 'row' }, /** @type {any} */ (cell));
    return make('td', { 'data-label': titles[i], className: isNumber(cell) ? 'number' : '' }, isNumber(cell) ? /** @type {any} */ (cell).number : cell);
  })));
  const whole = make('table', { className: 'cards' }, make('caption', { className: 'hidden-text' }, caption), make('thead', {}, head), make('tbody', {}, ...body));
  return make('div', { className: 'scroll', tabindex: '0', role: 'region', 'aria-label': caption }, whole);
}

/** A list of anomalies that filters by gravity and fiche. @param {Anomaly[]} anomalies @param {boolean} withFile */
function anomalyList(anomalies, withFile) {
  if (!anomalies.length) return make('p', { className: 'card' }, 'Rien n’a été relevé.');
  const box = make('div', { className: 'result' });
  const shown = make('div');
  const count = make('p', { role: 'status' });
  const kept = new Set(GRAVITIES);
  let fiche = '';
  let limit = SHOWN;
  const draw = () => {
    const chosen = anomalies.filter(a => kept.has(a.gravite) && (!fiche || a.fiche === fiche));
    count.textContent = howMany(chosen.length, 'point affiché', 'points affichés');
    const rows = chosen.slice(0, limit).map(a => [
      pill(a.gravite),
      make('span', { className: 'place' }, ...(withFile && a.fichier ? [make('span', { className: 'file' }, a.fichier), ' '] : []),
        [a.feuille, a.cellules].filter(Boolean).join(' · ') || (!a.fichier ? 'La campagne' : withFile ? '' : 'Le fichier')),
      a.champ,
      make('span', { className: 'found' }, a.trouve),
      a.attendu,
      make('span', { className: 'remedy' }, a.remede),
    ]);
    shown.replaceChildren(table('Points relevés', ['Gravité', 'Où', 'Case', 'Trouvé', 'Attendu', 'À faire'], rows));
    if (chosen.length > limit) shown.append(make('p', { className: 'buttons' }, make('button', { type: 'button', onclick: () => { limit += SHOWN; draw(); } }, 'Afficher la suite')));
  };
  const filters = make('fieldset', { className: 'filters' }, make('legend', { className: 'hidden-text' }, 'Filtrer'));
  const gravities = GRAVITIES.filter(g => anomalies.some(a => a.gravite === g));
  if (gravities.length > 1) for (const gravity of gravities) {
    const input = make('input', { type: 'checkbox', checked: '' });
    input.addEventListener('change', () => { input.checked ? kept.add(gravity) : kept.delete(gravity); draw(); });
    filters.append(make('label', {}, input, ` ${gravity} (${anomalies.filter(a => a.gravite === gravity).length})`));
  }
  const fiches = [...new Set(anomalies.map(a => a.fiche).filter(Boolean))].sort((a, b) => a.localeCompare(b, 'fr', { numeric: true }));
  if (fiches.length > 1) {
    const select = make('select', { 'aria-label': 'Fiche' }, make('option', { value: '' }, 'Toutes les fiches'), ...fiches.map(f => make('option', { value: f }, `Fiche ${f}`)));
    select.addEventListener('change', () => { fiche = select.value; draw(); });
    filters.append(select);
  }
  draw();
  if (filters.children.length > 1) box.append(filters, count); // one kind of point, of one fiche: nothing to choose
  box.append(shown);
  return box;
}

/** Tabs, moved through with the arrows. @param {[string, string, Node][]} panels id, label, content */
function tabs(panels) {
  const list = make('div', { className: 'tabs', role: 'tablist', 'aria-label': 'Résultats' });
  const choose = (/** @type {number} */ rank, /** @type {boolean} */ focus) => panels.forEach(([id], i) => {
    const tab = list.children[i];
    tab.setAttribute('aria-selected', String(i === rank));
    tab.tabIndex = i === rank ? 0 : -1;
    if (i === rank && focus) tab.focus();
    bodies[i].hidden = i !== rank;
  });
  const bodies = panels.map(([id, , content]) => make('div', { role: 'tabpanel', id: `panel-${id}`, 'aria-labelledby': `tab-${id}` }, content));
  panels.forEach(([id, label], i) => list.append(make('button', { type: 'button', role: 'tab', id: `tab-${id}`, 'aria-controls': `panel-${id}`, onclick: () => choose(i, false) }, label)));
  list.addEventListener('keydown', (/** @type {any} */ event) => {
    const here = [...list.children].findIndex(tab => tab === document.activeElement);
    const last = panels.length - 1;
    const next = { ArrowRight: here < last ? here + 1 : 0, ArrowLeft: here ? here - 1 : last, Home: 0, End: last }[/** @type {string} */ (event.key)];
    if (next === undefined || here < 0) return;
    event.preventDefault();
    choose(next, true);
  });
  choose(0, false);
  return [list, ...bodies];
}

/** Nothing to show of what was dropped there: the place to drop again has the focus. @param {'partner'|'agency'} prefix */
function refused(prefix) {
  $(`${prefix}-result`).replaceChildren(welcome(prefix));
  $(`${prefix}-files`).focus();
}

/** The first sentence of what is shown has the focus; what came too low on the screen moves up.
 * @param {any} box @param {...Node} children */
function show(box, ...children) {
  box.replaceChildren(...children);
  const title = box.querySelector('.good, .bad, .note');
  if (!title) return;
  title.tabIndex = -1;
  title.focus();
  if (title.getBoundingClientRect().top > innerHeight * 0.6) box.scrollIntoView();
}
