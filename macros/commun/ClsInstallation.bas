Attribute VB_Name = "ClsInstallation"
Option Explicit

' Where Python is, and what to do where it is not: this much must work without Python.

Private Const FEUILLE_DE_REGLAGES As String = "xlwings.conf"


' What to type before a command of the tool; -P: nothing of the folder that one is in is run.
Public Function Lanceur() As String
    #If Mac Then
        Lanceur = "python3 -P -m cls_workbook"
    #Else
        Lanceur = "py -P -m cls_workbook"
    #End If
End Function


' The interpreter that xlwings would call: a path, or "python" for that of the PATH.
Public Function PythonInscrit() As String
    #If Mac Then
        PythonInscrit = GetConfig("INTERPRETER_MAC", "")
    #Else
        PythonInscrit = GetConfig("INTERPRETER_WIN", "")
    #End If
    If PythonInscrit = "" Then PythonInscrit = GetConfig("INTERPRETER", "python")
End Function


Public Function PythonPresent(ByVal chemin As String) As Boolean
    If GetConfig("CONDA PATH") <> "" And GetConfig("CONDA ENV") <> "" Then
        PythonPresent = True   ' xlwings looks for it itself
    ElseIf chemin = "python" Or chemin = "pythonw" Then
        #If Mac Then
            PythonPresent = True   ' the shell will tell
        #Else
            PythonPresent = (PythonDuPath() <> "")
        #End If
    Else
        PythonPresent = FileExists(chemin)
    End If
End Function


' The first python.exe of the folders that Windows looks into; "" if none.
Public Function PythonDuPath() As String
    Dim dossier As Variant
    For Each dossier In Split(Environ("PATH"), ";")
        If dossier <> "" And Not EstUnRaccourci(dossier) Then
            If FileExists(Joindre(dossier, "python.exe")) Then
                PythonDuPath = Joindre(dossier, "python.exe")
                Exit Function
            End If
        End If
    Next dossier
End Function


' The folder where Windows puts a "python.exe" that only opens the Microsoft Store, as long as no Python came from it.
Private Function EstUnRaccourci(ByVal dossier As String) As Boolean
    If InStr(LCase$(dossier), "\windowsapps") = 0 Then Exit Function
    EstUnRaccourci = (PremierDossier(Joindre(dossier, "PythonSoftwareFoundation*")) = "")
End Function


' A Python installed in one of the usual places of Windows, the latest; "" if none.
Public Function PythonDuPoste() As String
    #If Not Mac Then
        Dim racine As Variant
        Dim nom As String
        Dim rang As Long
        Dim meilleur As Long
        For Each racine In Array(Environ("LOCALAPPDATA") & "\Programs\Python", Environ("ProgramFiles"), Environ("LOCALAPPDATA") & "\Python")
            nom = PremierDossier(racine & "\Python3*")
            Do While nom <> ""
                rang = Val(Mid$(nom, Len("Python3") + 1))
                If rang > meilleur And FileExists(racine & "\" & nom & "\python.exe") Then
                    meilleur = rang
                    PythonDuPoste = racine & "\" & nom & "\python.exe"
                End If
                nom = Dir()
            Loop
        Next racine
        If PythonDuPoste = "" And FileExists(Environ("LOCALAPPDATA") & "\Python\bin\python.exe") Then PythonDuPoste = Environ("LOCALAPPDATA") & "\Python\bin\python.exe"
        If PythonDuPoste = "" Then PythonDuPoste = PythonDuPath()
    #End If
End Function


Public Function MessagePythonAbsent() As String
    Dim lieu As String
    lieu = PythonInscrit()
    If lieu = "python" Or lieu = "pythonw" Then lieu = Fr("dossiers du PATH&nbsp;; le &laquo;&nbsp;python&nbsp;&raquo; de Windows ne fait qu&rsquo;ouvrir le Microsoft Store")
    MessagePythonAbsent = Fr("Python est introuvable (cherch&eacute; ici&nbsp;: ") & lieu & Fr("). " & _
        "Installez Python 3.11 ou plus r&eacute;cent et l&rsquo;outil (guide de la personne qui installe&nbsp;; aucun droit d&rsquo;administrateur n&rsquo;est n&eacute;cessaire), " & _
        "puis cliquez sur &laquo;&nbsp;V&eacute;rifier l&rsquo;installation&nbsp;&raquo;, qui l&rsquo;inscrira dans ce classeur.")
End Function


' True if Python can be called. Else says what was looked at, and the remedy; another Python that is there is proposed.
Public Function InstallationUtilisable() As Boolean
    Dim faute As String
    faute = ObstacleDuClasseur()
    If faute = "" Then
        If Not PythonPresent(PythonInscrit()) Then ProposerUnPython
        faute = Obstacle()
    End If
    If faute = "" And LancerUnEssai() <> "" Then faute = MessageEnfantsInterdits()
    If faute = "" Then
        InscrireLesVersions
        InstallationUtilisable = True
        Exit Function
    End If
    EcrireReponse "accueil/message", Fr("Non fait&nbsp;: ") & faute
    Dire Constat() & vbLf & vbLf & Fr("&Agrave; faire&nbsp;: ") & faute, vbExclamation
End Function


' What is known without Python.
Private Function Constat() As String
    Constat = Fr("Macros&nbsp;: permises. Version des macros&nbsp;: ") & VERSION_DES_MACROS & Fr("&nbsp;; liaison xlwings&nbsp;: ") & XLWINGS_VERSION & "." & vbLf & _
        "Classeur" & Fr("&nbsp;: ") & NomDuClasseur()
    If LeClasseur() Is Nothing Then Exit Function   ' the settings are those of a workbook
    If PythonPresent(PythonInscrit()) Then
        Constat = Constat & vbLf & "Python" & Fr("&nbsp;: ") & PythonInscrit()
    Else
        Constat = Constat & vbLf & Fr("Python&nbsp;: introuvable. Inscrit&nbsp;: ") & PythonInscrit()
    End If
End Function


Private Function NomDuClasseur() As String
    If LeClasseur() Is Nothing Then
        NomDuClasseur = "aucun"
    Else
        NomDuClasseur = LeClasseur().FullName
    End If
End Function


Private Sub ProposerUnPython()
    Dim autre As String
    autre = PythonDuPoste()
    If autre = "" Or autre = PythonInscrit() Then Exit Sub
    If Demander(Fr("Le Python inscrit dans ce classeur n&rsquo;est pas sur cet ordinateur&nbsp;:") & vbLf & PythonInscrit() & vbLf & vbLf & _
        Fr("Celui-ci a &eacute;t&eacute; trouv&eacute;&nbsp;:") & vbLf & autre & vbLf & vbLf & Fr("L&rsquo;inscrire dans ce classeur&nbsp;?")) Then
        EcrireReglage "INTERPRETER_WIN", autre
    End If
End Sub


' Sets one of xlwings' settings: in the workbook's own sheet, else in the add-in's.
Public Sub EcrireReglage(ByVal nom As String, ByVal valeur As String)
    Dim feuille As Worksheet
    Dim ligne As Long
    Set feuille = FeuilleDeReglages()
    If feuille Is Nothing Then Exit Sub
    ligne = 1
    Do While feuille.Cells(ligne, 1).Value <> "" And UCase$(feuille.Cells(ligne, 1).Value) <> nom
        ligne = ligne + 1
    Loop
    feuille.Cells(ligne, 1).Value = nom
    feuille.Cells(ligne, 2).Value = valeur
    On Error Resume Next
    If Not LeClasseur() Is feuille.Parent Then feuille.Parent.Save   ' the add-in's: nobody else will save it
End Sub


Private Function FeuilleDeReglages() As Worksheet
    On Error Resume Next
    Set FeuilleDeReglages = LeClasseur().Worksheets(FEUILLE_DE_REGLAGES)
    If FeuilleDeReglages Is Nothing Then Set FeuilleDeReglages = ThisWorkbook.Worksheets(FEUILLE_DE_REGLAGES)
End Function


' Python compares what stands in Accueil with its own versions: the macros that run say theirs.
Private Sub InscrireLesVersions()
    Dim dites As String
    Dim separateur As String
    separateur = Fr(" &middot; ")
    dites = Reponse("accueil/version")
    If dites = "" Then Exit Sub
    EcrireReponse "accueil/version", Split(dites, separateur)(0) & separateur & "macros " & VERSION_DES_MACROS & separateur & "xlwings " & XLWINGS_VERSION & _
        separateur & "Office " & BitsDOffice()
End Sub


Private Function BitsDOffice() As String
    #If Win64 Then
        BitsDOffice = "64"
    #Else
        BitsDOffice = "32"
    #End If
End Function


Private Function PremierDossier(ByVal motif As String) As String
    On Error Resume Next
    PremierDossier = Dir(motif, vbDirectory)
End Function


Private Function Joindre(ByVal dossier As String, ByVal nom As String) As String
    If Right$(dossier, 1) = "\" Then
        Joindre = dossier & nom
    Else
        Joindre = dossier & "\" & nom
    End If
End Function
