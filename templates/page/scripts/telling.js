/* What is under way, and what went wrong. */

let spoke = 0;
/** The sentence is read aloud every ten seconds at most. @param {string} text @param {number} [done] @param {number} [total] */
function working(text, done, total) {
  $('work').hidden = false;
  $('work-text').textContent = spaced(text);
  if (Date.now() - spoke > 10000) { spoke = Date.now(); $('work-said').textContent = text; }
  $('work-stop').hidden = !job;
  const bar = $('work-bar');
  if (total && total > 1) { bar.max = total; bar.value = done; } else bar.removeAttribute('value');
}

function idle() {
  $('work').hidden = true;
  $('work-said').textContent = '';
  spoke = 0;
  buttons();
}

/** @param {any} said @returns {boolean} was there trouble? */
function trouble(said) {
  const box = $('trouble');
  box.replaceChildren();
  if (!said.refusal && !said.fault) { box.hidden = true; return false; }
  box.append(make('p', {}, said.refusal || said.fault));
  const details = said.details || [];
  if (details.length) box.append(make('ul', {}, ...details.slice(0, 50).map((/** @type {string} */ d) => make('li', {}, d))));
  if (said.report) box.append(make('details', {}, make('summary', {}, 'Lire le rapport'), make('pre', {}, said.report)));
  box.append(make('p', { className: 'buttons' },
    ...(said.report ? [make('button', { type: 'button', onclick: () => deliver('rapport-cls.txt', said.report) }, 'Enregistrer le rapport')] : []),
    make('button', { type: 'button', onclick: () => { box.hidden = true; box.replaceChildren(); $('main').focus({ preventScroll: true }); } }, 'Fermer')));
  box.hidden = false;
  return true;
}
