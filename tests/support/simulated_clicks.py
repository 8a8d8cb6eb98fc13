"""A click in the coordinator's workbook without Excel: our own VBA runs in pyOpenVBA's interpreter, over its cells.

xlwings' module and what touches the computer (files, environment) are played here; ``subcommands`` is what Python would
get.
"""

from __future__ import annotations

from pathlib import Path

from pyopenvba.apps.excel import Application, ExcelApplication
from pyopenvba.interpreter import EMPTY
from pyopenvba.interpreter._objects import MemberSpec

from macros import build

# Played below instead of run: xlwings' own modules, and ours that opens a file.
PLAYED = ("xlwings", "Dictionary", "ClsJournal")

_DOUBLE = r"""
Option Explicit
Public Const XLWINGS_VERSION As String = "{xlwings}"
Public gCommandes As String
Public gFichiers As String
Public gAdresse As String
Public gChemin As String
Public gErreur As String
Public gReponse As Variant
Public gFonction As String

Public Function RunPython(PythonCommand As String)
    gCommandes = gCommandes & PythonCommand & vbLf
    If gErreur = "bloque" Then Err.Raise 70, , "Permission refus" & ChrW(233) & "e"
    If gErreur <> "" Then ShowError "journal", gErreur
End Function

' As xlwings' own: the sheet of the workbook, else the default.
Public Function GetConfig(configKey As String, _
        Optional default As String = "", Optional source As String = "") As Variant
    Dim ligne As Long
    GetConfig = default
    For ligne = 1 To 20
        If UCase(ThisWorkbook.Worksheets("xlwings.conf").Cells(ligne, 1).Value) = configKey Then
            GetConfig = ThisWorkbook.Worksheets("xlwings.conf").Cells(ligne, 2).Value
        End If
    Next ligne
End Function

Public Function FileExists(ByVal FileSpec As String) As Boolean
    FileExists = InStr(gFichiers, "|" & FileSpec & "|") > 0
End Function

Public Function GetFullName(wb As Workbook) As String
    GetFullName = gAdresse
End Function

Public Function Environ(ByVal nom As String) As String
    Environ = "C:\" & nom
    If nom = "PATH" And gChemin <> "" Then Environ = gChemin
End Function

Public Sub RetenirChemin(ByVal chemin As String)
    gChemin = chemin
End Sub

' What Windows says where it keeps Excel from starting a program.
Public Function LancerUnEssai() As String
    If gErreur = "bloque" Then LancerUnEssai = "70 Permission refus" & ChrW(233) & "e"
End Function

Public Function Dir(Optional ByVal motif As String = "", Optional genre As Long = 0) As String
    If motif = "C:\LOCALAPPDATA\Programs\Python\Python3*" Then Dir = "Python312"
End Function

Public Function CheminDuJournal() As String
    CheminDuJournal = "C:\TEMP\cls-workbook-erreur.txt"
End Function

Public Function LireJournal(ByVal chemin As String) As String
    LireJournal = gErreur
End Function

Public Sub GarderJournal(ByVal texte As String)
End Sub

' The UDF server: an object that answers CallUDF; without an answer to give, it is not there.
Public Function XLPy()
    If IsEmpty(gReponse) Then Err.Raise 1000, , "Could not activate Python COM server"
    Set XLPy = New ServeurJoue
End Function

Public Function RepondreA(ByVal moduleAppele As String, ByVal nom As String, ByVal arguments As Variant)
    gFonction = moduleAppele & "." & nom & "(" & Join(arguments, ";") & ")"
    RepondreA = gReponse
End Function

Public Sub PretDeRepondre(ByVal valeur As Variant)
    gReponse = valeur
End Sub

Public Function DerniereFonction() As String
    DerniereFonction = gFonction
End Function

Public Sub Regler(ByVal fichiers As String, ByVal erreur As String)
    gFichiers = fichiers
    gErreur = erreur
End Sub

Public Sub RetenirAdresse(ByVal dossier As String)
    gAdresse = dossier
End Sub

Public Function LesCommandes() As String
    LesCommandes = gCommandes
End Function
"""

_SERVER = """
Option Explicit
Public Function CallUDF(ByVal moduleAppele As String, ByVal nom As String, ByVal arguments As Variant, \
ByVal classeur As Workbook, ByVal appelant As Variant)
    CallUDF = RepondreA(moduleAppele, nom, arguments)
End Function
"""


# The cell that calls a worksheet function; nothing here looks at it.
Application.vba_add_member(MemberSpec(name="Caller", kind="property", getter=lambda application: EMPTY))


class SimulatedExcel:
    """``files``: paths that exist on the played computer; ``error``: what Python writes when it fails."""

    def __init__(self, workbook: Path, files: tuple[str, ...] = (), error: str = "", xlwings: str = "0.37.8"):
        self.app = ExcelApplication.open(workbook, with_vba=False)
        self.app.add_module(_DOUBLE.replace("{xlwings}", xlwings), name="xlwings")
        self.app.add_module(_SERVER, name="ServeurJoue", kind="class")
        for module in build.modules(is_addin=False):
            if module.nom not in PLAYED:
                self.app.add_module(module.source, name=module.nom)
        self.app.run("Regler", "".join(f"|{f}|" for f in files), error)

    def click(self, macro: str, *reponses: int) -> None:
        """``reponses``: to the questions asked, in order (6: yes, 7: no)."""
        self.app.answer_dialogs(*reponses)
        self.app.run(macro)

    @property
    def subcommands(self) -> list[str]:
        return str(self.app.run("LesCommandes")).splitlines()

    @property
    def messages(self) -> list[str]:
        return [prompt for _, prompt, _, _ in self.app.dialogs]

    def lines(self, sheet: str) -> list[list[object]]:
        return self.app.sheet(sheet).rows()
