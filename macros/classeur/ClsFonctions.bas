Attribute VB_Name = "ClsFonctions"
Option Explicit

' Functions for the coordinator's own sheets, answered by cls_workbook.button.worksheet_functions through xlwings' UDF server.
' They are written here rather than imported by xlwings, which would ask for access to the VBA project. Where the
' server does not answer (or on a Mac, which has none), the cell says so and nothing else changes.

Private Const MODULE_PYTHON As String = "cls_workbook.button.worksheet_functions"


Public Function cls_part_de_poste(depense, etp, fiche, contrat)
    On Error GoTo Echec
    cls_part_de_poste = Appeler("cls_part_de_poste", Array(depense, etp, fiche, contrat))
    Exit Function
Echec:
    cls_part_de_poste = Indisponible()
End Function


Public Function cls_taux_de_realisation(realisations, Optional large)
    On Error GoTo Echec
    cls_taux_de_realisation = Appeler("cls_taux_de_realisation", Array(realisations, large))
    Exit Function
Echec:
    cls_taux_de_realisation = Indisponible()
End Function


Public Function cls_ecart(depuis, vers)
    On Error GoTo Echec
    cls_ecart = Appeler("cls_ecart", Array(depuis, vers))
    Exit Function
Echec:
    cls_ecart = Indisponible()
End Function


Public Function cls_parite(montants, Optional tolerance)
    On Error GoTo Echec
    cls_parite = Appeler("cls_parite", Array(montants, tolerance))
    Exit Function
Echec:
    cls_parite = Indisponible()
End Function


Private Function Appeler(ByVal nom As String, ByVal arguments As Variant) As Variant
    #If Mac Then
        Err.Raise 5
    #Else
        Appeler = XLPy.CallUDF(MODULE_PYTHON, nom, arguments, ThisWorkbook, Application.Caller)
    #End If
End Function


Private Function Indisponible() As String
    Indisponible = Fr("#Fonction indisponible&nbsp;: Python ne r&eacute;pond pas (bouton &laquo;&nbsp;V&eacute;rifier l&rsquo;installation&nbsp;&raquo;)")
End Function
