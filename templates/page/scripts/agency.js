/* Je suis l’ARS. */

const LABELS = { 'region.xlsx': 'Enregistrer le classeur de la région', 'entretiens.zip': 'Une page par contrat, pour un entretien', 'relances.zip': 'Les brouillons de relance aux coordinations' };

/** The definitions dropped beside consolidations, by name. @type {Map<string, File>} */
const regional = new Map();

dropPlace('agency', async files => {
  const box = $('agency-result');
  if (!await keepDefinitions(files, regional)) return refused('agency');
  const given = asReturns(new Map([...files].filter(([path]) => !isDefinition(path))));
  if (files.size === 1) {
    const sorted = await ask({ what: 'trier', files: [...files.keys()] }, new Map([...regional, ...files]));
    if (trouble(sorted)) return;
    const [[path, file]] = files;
    if (sorted.kinds[path].includes('noyau')) return takeNoyau(path, file, box);
  }
  if (!given.size) return show(box, make('p', { className: 'note' }, 'Définition reçue : déposez maintenant les synthèses et les consolidations.'));
  const others = [...given.keys()].filter(path => !/\.(xlsx|xlsm|ods)$/i.test(path)).map(path => path.split('/').pop());
  if (others.length === given.size) {
    trouble({ refusal: 'Aucun classeur parmi ces fichiers : déposez les synthèses reçues (.xlsx).', details: [] });
    return refused('agency');
  }
  const said = await ask({ what: 'region', retours: [...given.keys()], files: [...regional.keys()] }, new Map([...regional, ...given]));
  if (trouble(said)) return refused('agency');
  $('agency-drop').classList.add('small');
  const gaps = said.gaps.length ? [table('Fichiers écartés', ['Fichier', 'Statut', 'Pourquoi'], said.gaps.map((/** @type {any} */ g) => [make('span', { className: 'found' }, g.file), g.statut, make('span', { className: 'found' }, g.reason)]))] : [];
  const buttons_ = said.files.map((/** @type {keyof typeof LABELS} */ path, /** @type {number} */ i) => saveButton(LABELS[path], path, said.contents.get(path), i === 0));
  const sources = new Map([...given].map(([path, file]) => [path.split('/').pop() || path, new Map([[path, file]])]));
  const beside = others.length ? [make('p', { className: 'note' }, `Pas des classeurs, laissés de côté : ${others.join(', ')}`)] : [];
  const exports = make('details', { className: 'more' }, make('summary', {}, 'Exporter une synthèse'), ...tables(sources, 'agency-exported'), make('div', { id: 'agency-exported', 'aria-live': 'polite' }));
  show(box, make('p', { className: said.gaps.length ? 'bad' : 'good' }, said.bilan), make('p', { className: 'buttons' }, ...buttons_), exports, ...gaps, ...beside);
});
$('agency-makes').append(make('li', {}, moreButton('Le classeur qui décrit un noyau régional (exemple)', 'modele-noyau', () => ({ noyau: 'noyau-exemple' }), null, 'agency-made')),
  make('li', {}, moreButton('Le même, vide', 'modele-noyau', () => ({}), null, 'agency-made')),
  make('li', { id: 'agency-made', 'aria-live': 'polite' }));
