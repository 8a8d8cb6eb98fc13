Attribute VB_Name = "ClsActions"
Option Explicit

' What can be asked, one Sub each: the buttons of Accueil call them, and so does the ribbon.


Public Sub Consolider()
    LancerPython "Consolider", "import cls_workbook.button.doors as b; b.consolider()", SansMacro(CommandeDe("consolider", "consolidation.xlsx"))
End Sub


Public Sub Controler()
    LancerPython Fr("Contr&ocirc;ler"), "import cls_workbook.button.doors as b; b.controler()", _
        SansMacro(Lanceur() & " controler " & Cite(Reponse("accueil/dossier")))
End Sub


Public Sub SyntheseArs()
    LancerPython Fr("Synth&egrave;se ARS"), "import cls_workbook.button.doors as b; b.synthese_ars()", _
        SansMacro(CommandeDe("consolider", "consolidation.xlsx") & vbLf & Lanceur() & " synthese consolidation.xlsx --sortie synthese-ars.xlsx")
End Sub


Public Sub Bilan()
    LancerPython "Bilan", "import cls_workbook.button.doors as b; b.bilan()", _
        SansMacro(CommandeDe("consolider", "consolidation.xlsx") & vbLf & Lanceur() & " bilan consolidation.xlsx --sortie bilan.docx")
End Sub


Public Sub Presentation()
    LancerPython Fr("Pr&eacute;sentation"), "import cls_workbook.button.doors as b; b.presentation()", _
        SansMacro(CommandeDe("consolider", "consolidation.xlsx") & vbLf & Lanceur() & " presentation consolidation.xlsx --sortie copil.pptx")
End Sub


Public Sub Relances()
    LancerPython "Relances", "import cls_workbook.button.doors as b; b.relances()", _
        SansMacro(CommandeDe("relances", "relances"))
End Sub


Public Sub VerifierInstallation()
    If Not InstallationUtilisable() Then Exit Sub
    LancerPython Fr("V&eacute;rifier l&rsquo;installation"), "import cls_workbook.button.doors as b; b.verifier()", _
        SansMacro(Lanceur() & " verifier-installation")
End Sub


' The same job without macro.
Private Function SansMacro(ByVal commande As String) As String
    SansMacro = Fr("Sans macro, dans un terminal ouvert sur le dossier de ce classeur&nbsp;:") & vbLf & commande
End Function


' A command over the returns, with what Accueil says.
Private Function CommandeDe(ByVal commande As String, ByVal sortie As String) As String
    Dim nom As String
    If Not LeClasseur() Is Nothing Then nom = LeClasseur().Name
    CommandeDe = Lanceur() & " " & commande & " " & Cite(Reponse("accueil/dossier")) & " --contrat " & Cite(Reponse("accueil/contrat")) & _
        " --annee " & Reponse("pilotage/identification/annee") & " --pilotage " & Cite(nom) & " --sortie " & sortie
    If Reponse("accueil/precedent") <> "" Then CommandeDe = CommandeDe & " --precedent " & Cite(Reponse("accueil/precedent"))
End Function


Private Function Cite(ByVal texte As String) As String
    Cite = Chr(34) & texte & Chr(34)
End Function
