/* Files out: the one way. */

/** A name that every system takes and shows as it is: what leads elsewhere or reads backwards is « _ ». @param {string} path */
function safeName(path) {
  const name = (path.split('/').pop() || 'fichier').replace(/[\\:*?"<>|\u0000-\u001f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, '_');
  const extension = (name.match(/\.\w{1,5}$/) || [''])[0];
  return name.slice(0, name.length - extension.length).slice(0, 150).replace(/^\.+/, '_') + extension;
}

/** @param {string} path @param {BlobPart} content */
function deliver(path, content) {
  const name = safeName(path);
  const address = URL.createObjectURL(new Blob([content]));
  const link = make('a', { href: address, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(address), 60000);
}

// What is offered and not yet saved would be lost; what newer results took the place of is not missed.
addEventListener('beforeunload', event => {
  if (document.querySelector('button[data-file]:not(.saved)')) event.preventDefault();
});

/** @param {string} label @param {string} path @param {ArrayBuffer} content @param {boolean} [main] */
function saveButton(label, path, content, main = false) {
  return make('button', {
    type: 'button', className: main ? 'main' : '', 'data-file': path,
    onclick: (/** @type {any} */ event) => {
      if (event.detail > 1) return; // a double click saves once
      deliver(path, content);
      event.currentTarget.classList.add('saved');
    },
  }, label);
}
