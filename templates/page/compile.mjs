// node compile.mjs FOLDER FILES RESULT: bytecode by the very Python that will run it (see page/making/bytecode.py).
import fs from 'node:fs';
import { pathToFileURL } from 'node:url';

const [folder, files, result] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`).href);
const python = await loadPyodide({ indexURL: `${folder}/` });
python.FS.writeFile('/files', fs.readFileSync(files));
python.runPython(fs.readFileSync(new URL('compile.py', import.meta.url), 'utf8'));
python.runPython('compile_all("/files", "/result")');
fs.writeFileSync(result, python.FS.readFile('/result'));
