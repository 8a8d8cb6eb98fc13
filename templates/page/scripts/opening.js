/* The three ways, what the page is, and its start. */

const WAYS = ['partner', 'coordinator', 'agency'];
for (const way of WAYS) $(`go-${way}`).addEventListener('click', () => {
  for (const other of WAYS) {
    $(other).hidden = other !== way;
    if (other === way) $(`go-${other}`).setAttribute('aria-current', 'page'); else $(`go-${other}`).removeAttribute('aria-current');
  }
  calm();
});

const bill = JSON.parse($('bill').textContent);
$('components').tBodies[0].append(...bill.components.map((/** @type {any} */ c) => make('tr', {}, make('th', { scope: 'row' }, c.name), make('td', {}, c.version), make('td', {}, c.licenses[0].expression))));
$('components-save').addEventListener('click', () => deliver('cls-composants.cdx.json', JSON.stringify(bill, null, 1)));
$('about-open').addEventListener('click', () => $('about').showModal());
$('about-close').addEventListener('click', () => $('about').close());

$('unstarted').remove();
fillContracts();
guess();
if ('DecompressionStream' in window) startWorker();
else trouble(ended = { refusal: 'Ce navigateur est trop ancien pour cette page : ouvrez-la avec une version récente de Firefox, Chrome ou Edge.', details: [] });
