/* Je coordonne: the tableau de bord, and every file that is made on demand. */

/** @param {any} said @param {File} file the consolidation @param {string} synthese */
function showBoard(said, file, synthese) {
  const consolidation = file.name, fresh = said.contents.get(consolidation);
  const exported = new Map([[consolidation, file]]);
  const own = fresh && ofKind('pilotage').some(([path]) => path.endsWith('.xlsm'));
  const files = make('div', { className: 'card more' },
    make('div', { className: 'first' }, make('h3', {}, 'À enregistrer'), make('p', { className: 'buttons' },
      ...(fresh ? [saveButton('La consolidation', consolidation, fresh, true)] : []),
      saveButton(`La copie pour ${said.agence}`, synthese, said.contents.get(synthese), true),
      ...(own ? [moreButton('Mon classeur de coordination, mis à jour (.xlsm)', 'rafraichir')] : []))),
    otherFiles(said, exported, new File([said.contents.get(synthese)], synthese), fresh), ...(ofKind('retour').length > 1 ? [compareReturns(said.structures)] : []),
    make('div', { id: 'made', 'aria-live': 'polite' }));
  const figures = make('ul', { className: 'figures' },
    make('li', {}, make('strong', {}, `${said.recus} / ${said.attendus}`), 'réponses reçues'),
    make('li', { className: said.gravites.bloquant ? 'alert' : '' }, make('strong', {}, String(said.gravites.bloquant)), said.gravites.bloquant > 1 ? 'points bloquants' : 'point bloquant'),
    make('li', {}, make('strong', {}, String(said.gravites['à confirmer'])), 'à confirmer'),
    make('li', {}, make('strong', {}, String(said.gravites.information)), said.gravites.information > 1 ? 'informations' : 'information'));
  const money = ['Montant contrat', 'Programmé', 'Engagé', 'Versé'];
  const fiches = table('Tableau de bord, fiche par fiche', ['Fiche', 'Action', 'État', 'Réponses', ...money],
    said.fiches.map((/** @type {any} */ f) => [f.fiche, f.titre, make('span', { className: 'short' }, f.etat), { number: f.attendus ? `${f.recus} / ${f.attendus}` : '' }, ...money.map(m => ({ number: f[m] }))]));
  const structures = table('Qui a répondu', ['Structure', 'Statut', 'Réponses', 'Bloquants', 'Fichier'],
    said.structures.map((/** @type {any} */ s) => [s.structure, pill(s.statut), { number: `${s.recus} / ${s.attendus}` }, { number: String(s.bloquants || '') }, make('span', { className: 'found' }, s.fichiers.join(', '))]));
  const of = make('p', { className: 'of' }, [said.titre, said.etat, said.contents.size > 1 ? '' : file.name].filter(Boolean).join(' · '));
  show($('coordinator-result'), of, make('p', { className: said.gravites.bloquant ? 'bad' : 'good' }, said.bilan), files, figures,
    ...tabs([['board', 'Tableau de bord', fiches], ['anomalies', `Anomalies (${said.anomalies.length})`, anomalyList(said.anomalies, true)], ['who', 'Qui a répondu', structures]]));
}

/** What is made on demand, behind one line. @param {any} said @param {Map<string, File>} exported @param {File} synthese
 * @param {any} fresh made of returns just now, not resumed */
function otherFiles(said, exported, synthese, fresh) {
  const statements = () => moreButton('Les comptes rendus financiers', 'comptes-rendus', () => ({}), fresh ? null : exported);
  const buttons = [...(fresh ? [moreButton('Les copies annotées', 'annoter'), moreButton('Les brouillons de relance', 'relancer')] : []),
    ...(said.comptes_rendus ? [statements()] : []),
    chosenButton('Choisir le formulaire de l’agence, et le remplir', 'form-file', '.xlsx,.xlsm', 'formulaire', exported),
    chosenButton(`Choisir des logos, pour la copie pour ${said.agence}`, 'logo-files', '.png,.jpg,.jpeg', 'synthese', exported)];
  return make('details', { id: 'others' }, make('summary', {}, 'Préparer d’autres fichiers'),
    make('ul', { className: 'makes' }, ...buttons.map(button => make('li', {}, button))),
    ...tables(new Map([['la consolidation', exported], [`la copie pour ${said.agence}`, new Map([[synthese.name, synthese]])]])),
    ...subsidies(said.financeurs, exported));
}

/** The tables of a workbook, for other tools. @param {Map<string, Map<string, File>>} sources label → the workbook
 * @param {string} [where] */
function tables(sources, where = 'made') {
  const source = make('select', {}, ...[...sources.keys()].map(label => make('option', { value: label }, label)));
  const form = make('select', {}, make('option', { value: 'csv-excel' }, 'CSV, pour Excel'), make('option', { value: 'csv' }, 'CSV et leur description (Data Package)'));
  const columns = make('input', { placeholder: 'Fiche,Titre ; actions=État' });
  form.addEventListener('change', () => { columns.disabled = form.value !== 'csv-excel'; });
  const said = () => ({ format: form.value, columns: columns.disabled ? [] : columns.value.split(';').map((/** @type {string} */ c) => c.trim()).filter(Boolean) });
  const button = make('button', { type: 'button', 'data-what': 'exporter', onclick: () => {
    const [request, all] = about('exporter', false);
    const given = /** @type {Map<string, File>} */ (sources.get(source.value));
    return prepare({ ...request, ...said(), files: [...given.keys()] }, new Map([...all, ...given]), where);
  } }, 'Exporter ces tables');
  const title = where === 'made' ? [make('h4', {}, 'Les tables, pour d’autres outils')] : []; // elsewhere, the line that unfolds says it
  return [...title,
    make('div', { className: 'fields' }, make('label', {}, 'De ', source), make('label', {}, 'Sous la forme ', form), make('label', {}, 'Colonnes, toutes si rien n’est écrit ', columns)),
    make('p', { className: 'buttons' }, button)];
}

/** A button that makes a file, then offers it. ``more``: what else the request says; ``instead``: the files that it is
 * about, in place of the returns. @param {string} label @param {string} what @param {() => Object<string, any>} [more]
 * @param {Map<string, File>|null} [instead] @param {string} [where] */
function moreButton(label, what, more = () => ({}), instead = null, where = 'made') {
  return make('button', { type: 'button', 'data-what': what, onclick: () => {
    const [request, files] = about(what, !instead && where === 'made');
    for (const [path, file] of instead || []) files.set(path, file);
    return prepare({ ...request, ...more(), files: instead ? [...instead.keys()] : [] }, files, where);
  } }, label);
}

/** Makes a file, then offers it. @param {Demand} request @param {Map<string, File>} files @param {string} where */
async function prepare(request, files, where) {
  const said = await ask(request, files);
  if (trouble(said)) return;
  const [path] = said.files;
  const offered = make('p', { className: 'buttons' }, saveButton(`Enregistrer ${path}`, path, said.contents.get(path), true));
  const notes = [said.bilan, ...(said.remarks || [])].filter(Boolean).map(text => make('p', { className: 'note' }, text));
  $(where).replaceChildren(...notes, offered);
  offered.querySelector('button').focus();
}

/** A button that asks for files, then makes one of them and of the consolidation. @param {string} label @param {string} id
 * @param {string} accept @param {string} what @param {Map<string, File>} exported */
function chosenButton(label, id, accept, what, exported) {
  const input = make('input', { type: 'file', id, accept, ...(what === 'synthese' ? { multiple: '' } : {}) });
  input.addEventListener('change', () => {
    const folder = what === 'synthese' ? 'logos' : 'formulaire';
    const chosen = new Map([...chosenFiles(input.files)].map(([path, file]) => [`${folder}/${path}`, file]));
    input.value = '';
    if (!chosen.size) return;
    const [request, files] = about(what, false);
    const given = new Map([...exported, ...chosen]);
    prepare({ ...request, files: [...given.keys()] }, new Map([...files, ...given]), 'made');
  });
  return make('label', { className: 'button' }, input, label);
}

/** The subventions of one funder, as the law has them published. @param {{id: string, nom: string}[]} funders
 * @param {Map<string, File>} exported */
function subsidies(funders, exported) {
  const funder = make('select', {}, ...funders.map(f => make('option', { value: f.id }, f.nom)));
  const siret = make('input', { inputmode: 'numeric', size: 16 });
  return [make('h4', {}, 'Les subventions d’un financeur (schéma SCDL)'),
    make('div', { className: 'fields' }, make('label', {}, 'Financeur ', funder), make('label', {}, 'Son SIRET, si le contrat ne le dit pas ', siret)),
    make('p', { className: 'buttons' }, moreButton('L’export SCDL', 'exporter',
      () => ({ format: 'scdl', financeur: funder.value, siret: siret.value.replace(/\s/g, '') }), exported))];
}

const listForm = make('select', { 'aria-label': 'Forme des listes' }, ...[['xlsx', 'Excel'], ['csv', 'CSV'], ['json', 'JSON']].map(([value, label]) => make('option', { value }, label)));
const listStructure = make('input', { id: 'list-structure' });
/** A button of the year's preparation. @param {string} label @param {string} what @param {() => Object<string, any>} [more] */
const yearButton = (label, what, more) => make('li', {}, moreButton(label, what, more, null, 'year-made'));
$('makes').append(
  yearButton('Les classeurs de l’année, un par structure', 'generer'), yearButton('Le classeur de pilotage', 'pilotage'),
  yearButton('Le classeur de coordination, avec ses macros (.xlsm)', 'coordonner'),
  yearButton('Le classeur qui décrit ce contrat', 'modele'), yearButton('Le même, vide, pour un autre contrat', 'modele', () => ({ contrat: '' })),
  yearButton('Le dictionnaire des cases', 'dictionnaire', () => ({ format: listForm.value, structure: listStructure.value.trim() })),
  yearButton('Les noms qu’un formulaire de l’agence peut porter', 'noms-formulaire', () => ({ format: listForm.value })),
  make('li', { className: 'fields' }, make('label', {}, 'Forme de ces listes'), listForm, make('label', { for: 'list-structure' }, 'Dictionnaire d’une structure'), listStructure),
  yearButton('La liste de tout ce qui est contrôlé', 'anomalies'), yearButton('Une année d’exemple, pour essayer (.zip)', 'demo'),
  make('li', { id: 'year-made', 'aria-live': 'polite' }));

/** How to go about it, until there are results. @param {keyof typeof STEPS} way */
const welcome = way => make('div', { className: 'welcome' }, make('h3', {}, 'Comment faire'), make('ol', {}, ...STEPS[way].map(step => make('li', {}, step))));
const STEPS = {
  partner: ['Déposez votre classeur, rempli ou en cours : la page le lit ici, rien n’est envoyé.',
    'Lisez ce qui est à corriger, feuille par feuille, case par case.',
    'Corrigez la copie annotée, déposez-la à nouveau pour vérifier, puis renvoyez-la à la coordination.'],
  coordinator: ['En début de campagne, dépliez « Préparer l’année » : les classeurs à envoyer, celui de pilotage.',
    'Déposez les retours reçus : le contrat et l’année y sont lus.',
    'Ajoutez le classeur de pilotage et la consolidation de l’an dernier, si vous les avez.',
    'Cliquez sur « Consolider » : qui a répondu, ce qui bloque, le tableau de bord.',
    'Enregistrez la consolidation, la copie pour l’ARS, et ce qu’il vous faut d’autre.'],
  agency: ['Déposez les synthèses que les coordinations vous ont envoyées, de plusieurs contrats et de plusieurs années si vous les avez.',
    'Regardez lesquelles sont retenues, et pourquoi d’autres ne le sont pas.',
    'Enregistrez le classeur de la région, et les brouillons de relance s’il en manque.'],
};
for (const way of /** @type {(keyof typeof STEPS)[]} */ (Object.keys(STEPS))) $(`${way}-result`).append(welcome(way));
