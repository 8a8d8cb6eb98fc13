/* Je coordonne: what was dropped, the campaign, returns that take the place of others. */

/** path → [file, kind, campaign]. @type {Map<string, {file: File, kind: string, campaign: [string, number]|null}>} */
const campaign = new Map();
/** @type {{id: string, titre: string, annees: number[], file?: File}[]} */ let contracts = JSON.parse($('contracts').textContent);
const KINDS = { retour: ['fichier de retour', 'fichiers de retour'], pilotage: ['pilotage'], consolidation: ['consolidation'], synthese: ['synthèse'], description: ['description de contrat'], definition: ['définition de contrat'], noyau: ['noyau', 'noyaux'] };

dropPlace('coordinator', async files => {
  const given = new Map([...asReturns(files)].map(([path, file]) => [isDefinition(path) ? path.split('/').pop() || path : path, file]));
  const said = await sorted(given);
  if (trouble(said)) return;
  const again = [...given.keys()].filter(path => campaign.has(path)).length;
  for (const [path, file] of given) campaign.set(path, { file, kind: said.kinds[path], campaign: said.campaigns[path] || null });
  for (const [path, item] of [...campaign]) {
    if (!item.kind.includes('noyau')) continue;
    campaign.delete(path);
    await takeNoyau(path, item.file, $('coordinator-result'));
  }
  const described = [...campaign].filter(([, item]) => item.kind === 'definition' || item.kind === 'description');
  for (const [path, item] of described) {
    campaign.delete(path);
    await takeDefinition(path, item.file);
  }
  const unknown = new Map([...campaign].filter(([, item]) => !item.campaign).map(([path, item]) => [path, item.file]));
  if (described.length && unknown.size) { // returns that came before their definition: it says of which year they are
    const told = await sorted(unknown);
    for (const [path, of] of Object.entries(told.campaigns || {})) /** @type {any} */ (campaign.get(path)).campaign = of;
  }
  const [contract, year] = [$('contract').value, Number($('year').value)];
  // the consolidation of the year before the chosen one is last year's: what was chosen stays
  const lastYear = (/** @type {any} */ item) => item.kind === 'consolidation' && item.campaign[0] === contract && item.campaign[1] === year - 1;
  const items = [...campaign.values()].filter(item => item.campaign && contracts.some(c => c.id === item.campaign?.[0]) && !lastYear(item));
  const known = items.find(item => item.kind === 'retour') || items.sort((a, b) => (b.campaign?.[1] || 0) - (a.campaign?.[1] || 0))[0];
  if (known && known.campaign) choose(...known.campaign);
  $('coordinator-drop').classList.add('small');
  received(true, again);
  $('consolidate').scrollIntoView({ block: 'nearest' }); // what is next is on the screen, however small
});

/** What each file is, and of which campaign, by the definition of the chosen contract where it does not ship.
 * @param {Map<string, File>} given @returns {Promise<any>} */
function sorted(given) {
  const own = contracts.find(c => c.id === $('contract').value)?.file;
  const beside = new Map([...given, ...noyaux(), ...(own ? [/** @type {[string, File]} */ ([own.name, own])] : [])]);
  return ask({ what: 'trier', files: [...given.keys()], contrat: own ? own.name : '' }, beside);
}

/** @param {string} path @param {File} file */
async function takeDefinition(path, file) {
  const name = path.split('/').pop() || path;
  const said = await ask({ what: 'importer', files: [name] }, new Map([...noyaux(), [name, file]]));
  if (trouble(said)) return;
  const [made, content] = [...said.contents][0];
  contracts = [...contracts.filter(c => c.id !== said.contrat.id), { ...said.contrat, file: new File([content], made) }];
  fillContracts();
  choose(said.contrat.id, lastOver(said.contrat.annees));
  const notices = said.notices.slice(0, 30).map((/** @type {string} */ n) => make('li', {}, n));
  const kept = made === name ? [] : [make('p', { className: 'buttons' }, saveButton(`Enregistrer la définition (${made})`, made, content, true))];
  if (notices.length || kept.length) $('coordinator-result').replaceChildren(make('div', { className: 'note' },
    make('p', {}, notices.length ? `Lu dans « ${name} » :` : `« ${name} » : rien à signaler.`), make('ul', {}, ...notices)), ...kept);
}

/** A noyau, or the workbook that describes one: kept beside the definitions that name it, and offered as a file where it
 * was described. @param {string} path @param {File} file @param {any} box */
async function takeNoyau(path, file, box) {
  const name = path.split('/').pop() || path;
  const said = await ask({ what: 'importer-noyau', files: [name] }, new Map([[name, file]]));
  if (trouble(said)) return box === $('agency-result') ? refused('agency') : undefined;
  const [made, content] = [...said.contents][0];
  campaign.set(made, { file: new File([content], made), kind: 'noyau', campaign: null });
  if (made === name && box === $('coordinator-result')) return;
  const notices = said.notices.slice(0, 30).map((/** @type {string} */ n) => make('li', {}, n));
  show(box, make('div', { className: 'note' }, make('p', {}, `${said.titre} : ce noyau est en ordre.`), make('ul', {}, ...notices)),
    make('p', { className: 'buttons makes' }, ...(made === name ? [] : [saveButton(`Enregistrer ${made}`, made, content, true)]),
      ...(box === $('agency-result') ? [moreButton('Le classeur qui le décrit', 'modele-noyau', () => ({ noyau: made }), new Map([[made, new File([content], made)]]), 'agency-made')] : [])));
}

/** The noyaux, by the name that a definition gives them. @returns {Map<string, File>} */
const noyaux = () => new Map(ofKind('noyau').map(([path, item]) => [path, item.file]));

/** @param {string} id @param {number} year */
function choose(id, year) {
  $('contract').value = id;
  fillYears();
  $('year').value = String(year);
}

/** The contract that runs, and its last year that is over: what a coordinator mostly wants. */
function guess() {
  const running = contracts.find(c => c.annees.includes(new Date().getFullYear())) || contracts[0];
  $('contract').value = running.id;
  fillYears();
}

/** @param {number[]} years */
function lastOver(years) {
  const over = years.filter(year => year < new Date().getFullYear());
  return over.length ? Math.max(...over) : years[0];
}

function fillContracts() {
  $('contract').replaceChildren(...contracts.map(c => make('option', { value: c.id }, c.titre)));
}

function fillYears() {
  const contract = contracts.find(c => c.id === $('contract').value);
  $('year').replaceChildren(...(contract ? contract.annees : []).map(y => make('option', { value: String(y) }, String(y))));
  if (contract) $('year').value = String(lastOver(contract.annees));
}
$('contract').addEventListener('change', () => { fillYears(); buttons(); });
$('year').addEventListener('change', () => buttons());

/** The files of one kind. @param {string} kind */
const ofKind = kind => [...campaign].filter(([, item]) => item.kind === kind);

/** @param {boolean} [changed] since the results that are shown @param {number} [twice] files that took the place of one
 * of the same name */
function received(changed = false, twice = 0) {
  const lines = Object.entries(KINDS).map(([kind, [one, many]]) => {
    const those = ofKind(kind);
    if (!those.length) return null;
    const name = those.length === 1 ? ` : ${those[0][0].split('/').pop()}` : '';
    return make('li', {}, howMany(those.length, one, many) + name);
  }).filter(Boolean);
  if (ofKind('synthese').length) lines.push(make('li', {}, 'une synthèse se dépose dans « Je suis l’ARS » : ici, elle ne sert pas'));
  for (const [before, after] of replaced) {
    const undo = make('button', { type: 'button', 'aria-label': `Annuler le remplacement de ${before}`, onclick: () => { replaced.delete(before); received(true); $('consolidate').focus(); } }, 'Annuler');
    lines.push(make('li', {}, `${after} remplace ${before} `, undo));
  }
  const again = make('button', { type: 'button', onclick: () => { campaign.clear(); replaced.clear(); $('coordinator-drop').classList.remove('small'); $('coordinator-result').replaceChildren(welcome('coordinator')); received(); $('coordinator-files').focus(); } }, 'Tout retirer');
  if (twice) lines.push(make('li', {}, `${howMany(twice, 'fichier de même nom', 'fichiers de même nom')} : le dernier déposé est gardé`));
  if (lines.length && changed && document.querySelector('#coordinator-result .figures')) lines.push(make('li', {}, 'cliquez de nouveau sur « Consolider » pour en tenir compte'));
  $('received').replaceChildren(...(lines.length ? [make('ul', {}, .../** @type {any[]} */ (lines)), again] : []));
  buttons();
}

/** What a request needs of the campaign. @param {string} what @param {boolean} [withReturns] @returns {[Demand, Map<string, File>]} */
function about(what, withReturns = true) {
  const files = new Map();
  const name = (/** @type {string} */ path) => path.split('/').pop() || path;
  const year = Number($('year').value);
  const retours = ofKind('retour');
  const [pilotage] = ofKind('pilotage').sort((a, b) => Number(b[0].endsWith('.xlsm')) - Number(a[0].endsWith('.xlsm')));
  const past = ofKind('consolidation').filter(([, item]) => !item.campaign || item.campaign[1] < year).sort((a, b) => (b[1].campaign?.[1] || 0) - (a[1].campaign?.[1] || 0))[0];
  const contract = contracts.find(c => c.id === $('contract').value);
  if (withReturns) for (const [path, item] of retours) files.set(path, item.file);
  if (pilotage) files.set(name(pilotage[0]), pilotage[1].file);
  if (past) files.set(name(past[0]), past[1].file);
  if (contract?.file) for (const [path, file] of noyaux().set(contract.file.name, contract.file)) files.set(path, file);
  const request = {
    what, annee: year, iso_day: today(), contrat: contract?.file ? contract.file.name : contract?.id || '',
    retours: withReturns ? retours.map(([path]) => path) : [],
    pilotage: pilotage ? name(pilotage[0]) : null, precedent: past ? name(past[0]) : null,
    to_replace: withReturns ? [...replaced].map(pair => pair.join('=')) : [],
  };
  return [request, files];
}

/** The day that is chosen, or that of this computer. */
function today() {
  const now = new Date();
  return $('day').value || document.documentElement.dataset.day || [now.getFullYear(), now.getMonth() + 1, now.getDate()].map(n => String(n).padStart(2, '0')).join('-');
}

/** The consolidation of the chosen campaign, where no return was given to make it again. */
const resumed = () => ofKind('retour').length ? undefined : ofKind('consolidation').find(([, { campaign: of }]) => of && of[0] === $('contract').value && of[1] === Number($('year').value));

/** What had the focus when work disabled it. @type {any} */ let left = null;
function buttons() {
  const able = ready && !job;
  const here = /** @type {any} */ (document.activeElement);
  $('consolidate').textContent = resumed() ? `Reprendre la consolidation ${$('year').value}` : 'Consolider';
  $('consolidate').disabled = !able || !(ofKind('retour').length || ofKind('pilotage').length || resumed()) || !$('contract').value;
  for (const button of document.querySelectorAll('.makes button, .more button, .more input')) /** @type {any} */ (button).disabled = !able;
  if (here?.disabled) left = here;
  if (!able || !left) return;
  if (document.activeElement === document.body || document.activeElement === left) left.focus();
  left = null;
}

$('consolidate').addEventListener('click', async () => {
  const made = resumed();
  if (made) return resume(made[0].split('/').pop() || made[0], made[1].file);
  const said = await ask(...about('consolider'));
  if (trouble(said)) return;
  const [consolidation, synthese] = said.files;
  showBoard(said, new File([said.contents.get(consolidation)], consolidation), synthese);
  received();
});

/** A consolidation that was made before: all that can be made of it. @param {string} name @param {File} file */
async function resume(name, file) {
  const [request, all] = about('reprendre', false);
  const files = new Map([...all].filter(([path]) => path.endsWith('.toml'))).set(name, file);
  const said = await ask({ ...request, pilotage: null, precedent: null, files: [name] }, files);
  if (trouble(said)) return;
  showBoard(said, new File([file], name), said.files[0]);
}

/** A return → that which takes its place. @type {Map<string, string>} */
const replaced = new Map();

/** A corrected return beside the one that it would replace: what changes; and the replacement itself. The two of a
 * structure that answered twice are chosen. @param {{fichiers: string[]}[]} structures */
function compareReturns(structures) {
  const returns = ofKind('retour');
  const paths = returns.map(([path]) => path);
  const inside = (/** @type {string} */ path) => path.slice(path.indexOf('/') + 1);
  const twice = structures.find(s => s.fichiers.length > 1)?.fichiers || [];
  const pair = returns.filter(([path]) => twice.includes(inside(path))) // « retour.xlsx », then « retour (2).xlsx »
    .sort(([a, { file: one }], [b, { file: other }]) => a.length - b.length || one.lastModified - other.lastModified);
  const select = (/** @type {string} */ label) => make('select', { 'aria-label': label }, ...paths.map(path => make('option', { value: path }, inside(path))));
  const [before, after] = [select('L’ancien retour'), select('Le nouveau retour')];
  after.selectedIndex = 1;
  if (pair.length > 1) [before.value, after.value] = [pair[0][0], pair[1][0]];
  const outcome = make('div', { id: 'compared', 'aria-live': 'polite' });
  const replace = make('button', { type: 'button', onclick: () => { replaced.set(inside(before.value), inside(after.value)); $('consolidate').click(); } }, 'Remplacer, et consolider de nouveau');
  const compare = make('button', { type: 'button', id: 'compare', onclick: async () => {
    if (before.value === after.value) return trouble({ refusal: 'C’est deux fois le même fichier : choisissez l’ancien retour, et celui qui le corrige.', details: [] });
    const [request, all] = about('comparer', false);
    const files = new Map([...all].filter(([path]) => path.endsWith('.toml')));
    for (const path of [before.value, after.value]) files.set(path, /** @type {any} */ (campaign.get(path)).file);
    const said = await ask({ what: 'comparer', contrat: request.contrat, files: [before.value, after.value] }, files);
    if (trouble(said)) return;
    outcome.replaceChildren(make('ul', {}, ...said.lines.map((/** @type {string} */ line) => make('li', {}, line))), make('p', { className: 'buttons' }, replace));
  } }, 'Comparer');
  return make('details', { id: 'replacement' }, make('summary', {}, 'Comparer deux retours'),
    make('div', { className: 'fields' }, make('label', {}, 'Ancien ', before), make('label', {}, 'Nouveau ', after)), make('p', { className: 'buttons' }, compare), outcome);
}
