// node compile.mjs FOLDER SOURCES RESULT: bytecode by the very Python that will run it (see page/making/bytecode.py).
import fs from 'node:fs';
import { pathToFileURL } from 'node:url';

const [folder, sources, result] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`).href);
const python = await loadPyodide({ indexURL: `${folder}/` });
python.FS.writeFile('/sources', fs.readFileSync(sources));
python.runPython(`
import ast, importlib._bootstrap_external as bootstrap, importlib.util, io, zipfile

DOCUMENTED = ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef


def compiled(name, source):
    tree = ast.parse(source, name)
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node, clean=False):
            node.body[0].value.value = ""  # emptied, not removed: some libraries add to theirs
    code = compile(tree, name, "exec", dont_inherit=True)
    return bytes(bootstrap._code_to_hash_pyc(code, importlib.util.source_hash(source), False))


with zipfile.ZipFile("/sources") as given, zipfile.ZipFile("/result", "w") as made:
    for name in given.namelist():
        made.writestr(zipfile.ZipInfo(name + "c"), compiled(name, given.read(name)))
`);
fs.writeFileSync(result, python.FS.readFile('/result'));
