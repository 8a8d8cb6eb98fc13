Attribute VB_Name = "ClsPython"
Option Explicit

' From a click to Python and back: what would prevent it is said before, what failed is said after, in French, with a
' remedy and a way round. xlwings' own module calls ShowError, PythonIntrouvable, LiaisonMacAbsente and AnnoncerTravail.

' Raised when these modules, or what they call in Python, change; cls_workbook/version.py says the same.
Public Const VERSION_DES_MACROS As String = "2"

Private mTravail As String      ' what was asked
Private mAutrement As String    ' how to get it without a macro


' The version of these modules, for Python and for the add-in.
Public Function VersionDesMacros() As String
    VersionDesMacros = VERSION_DES_MACROS
End Function


Public Sub LancerPython(ByVal travail As String, ByVal commande As String, ByVal autrement As String)
    Dim faute As String
    mTravail = travail
    mAutrement = autrement
    faute = Obstacle()
    If faute <> "" Then
        Refuser faute
        Exit Sub
    End If
    On Error GoTo Panne
    AnnoncerTravail
    RunPython commande
    #If Not Mac Then
        Application.StatusBar = False   ' on a Mac, Python is at work still; it clears the bar itself
    #End If
    Exit Sub
Panne:
    faute = Err.Description
    Application.StatusBar = False
    Refuser MessageDePanne(faute)
End Sub


' What would keep Python from working, and what to do; "" if nothing is known to.
Public Function Obstacle() As String
    Obstacle = ObstacleDuClasseur()
    If Obstacle <> "" Then Exit Function
    If Not PythonPresent(PythonInscrit()) Then Obstacle = MessagePythonAbsent()
End Function


Public Function ObstacleDuClasseur() As String
    Dim livre As Workbook
    Set livre = LeClasseur()
    If livre Is Nothing Then
        ObstacleDuClasseur = Fr("Aucun classeur n&rsquo;est ouvert. Ouvrez le classeur de la coordination, puis recommencez.")
    ElseIf livre.Path = "" Then
        ObstacleDuClasseur = Fr("Ce classeur n&rsquo;a jamais &eacute;t&eacute; enregistr&eacute;&nbsp;: l&rsquo;outil ne sait pas o&ugrave; sont les retours. " & _
            "Enregistrez-le (format .xlsm) dans le dossier de la campagne, puis recommencez.")
    ElseIf EstEnLigne(livre) Then
        ObstacleDuClasseur = Fr("Ce classeur est ouvert &agrave; une adresse internet (OneDrive ou SharePoint), et non dans un dossier de cet ordinateur. " & _
            "Dans OneDrive, choisissez &laquo;&nbsp;Toujours conserver sur cet appareil&nbsp;&raquo; et rouvrez-le depuis l&rsquo;Explorateur, " & _
            "ou enregistrez-en une copie dans un dossier local (C:\). Puis recommencez.")
    End If
End Function


' Opened from an address for which no folder of this computer is known?
Private Function EstEnLigne(ByVal livre As Workbook) As Boolean
    #If Mac Then
        EstEnLigne = False   ' xlwings looks for the folder from Python
    #Else
        Dim chemin As String
        If InStr(livre.FullName, "://") = 0 Then Exit Function
        If GetConfig("ONEDRIVE_COMMERCIAL_WIN") & GetConfig("ONEDRIVE_CONSUMER_WIN") & GetConfig("SHAREPOINT_WIN") <> "" Then Exit Function
        On Error Resume Next
        chemin = GetFullName(livre)
        EstEnLigne = (chemin = "")
    #End If
End Function


Public Sub AnnoncerTravail()
    Application.StatusBar = "CLS" & Fr("&nbsp;: ") & mTravail & Fr("&hellip; Python travaille, merci de patienter.")
End Sub


' "Consolider did not work", why, and the way round; Accueil keeps why.
Public Sub Refuser(ByVal phrase As String)
    EcrireReponse "accueil/message", Fr("Non fait&nbsp;: ") & phrase
    Dire EntreGuillemets(mTravail) & Fr(" n&rsquo;a pas abouti.") & vbLf & vbLf & phrase & vbLf & vbLf & mAutrement, vbExclamation
End Sub


' --- called by xlwings' module in place of its own messages ---

Public Sub ShowError(FileName As String, Optional Message As String = "")
    Dim texte As String
    texte = Message
    If texte = "" Then texte = LireJournal(FileName)
    Application.StatusBar = False
    GarderJournal texte
    Refuser MessageDePanne(texte)
End Sub


Public Sub PythonIntrouvable(ByVal chemin As String)
    Refuser MessagePythonAbsent()
End Sub


Public Sub LiaisonMacAbsente()
    Application.StatusBar = False
    Refuser Fr("Excel n&rsquo;a pas encore le droit d&rsquo;appeler Python sur ce Mac. Dans le Terminal, lancez une fois&nbsp;:") & vbLf & _
        Lanceur() & " complement installer" & vbLf & Fr("puis rouvrez Excel.")
End Sub


' --- what a failure means ---

Public Function MessageDePanne(ByVal texte As String) As String
    Dim bas As String
    bas = LCase$(texte)
    If Trouve(bas, "no module named|modulenotfounderror") Then
        MessageDePanne = Fr("Python est l&agrave;, mais il lui manque un paquet (") & DerniereLigne(texte) & Fr("). " & _
            "R&eacute;installez l&rsquo;outil avec ce m&ecirc;me Python, comme le dit le guide de la personne qui installe, puis recommencez.")
    ElseIf Trouve(bas, "is not recognized|pas reconnu|python was not found|python est introuvable|9009") Then
        MessageDePanne = MessagePythonAbsent()
    ElseIf Trouve(bas, "permissionerror") Then
        MessageDePanne = Fr("Un fichier n&rsquo;a pas pu &ecirc;tre lu ou &eacute;crit&nbsp;: ") & DerniereLigne(texte) & Fr(". " & _
            "Fermez-le s&rsquo;il est ouvert ailleurs, ou choisissez un autre dossier, puis recommencez.")
    ElseIf Trouve(bas, "access is denied|acc" & ChrW(232) & "s refus|permission refus|permission denied|group policy|strat" & ChrW(233) & "gie de groupe|virus") Then
        MessageDePanne = Fr("Windows ou l&rsquo;antivirus emp&ecirc;che Excel de lancer Python. " & _
            "Demandez au service informatique d&rsquo;autoriser ce programme&nbsp;: ") & PythonInscrit()
    Else
        MessageDePanne = Fr("L&rsquo;outil s&rsquo;est arr&ecirc;t&eacute; sur une erreur impr&eacute;vue&nbsp;: ") & DerniereLigne(texte) & vbLf & _
            Fr("Cliquez sur &laquo;&nbsp;V&eacute;rifier l&rsquo;installation&nbsp;&raquo;. Si tout y est en ordre, transmettez le d&eacute;tail de l&rsquo;erreur (") & CheminDuJournal() & Fr(").")
    End If
End Function


' Is one of these pieces, parted by bars, in the text?
Private Function Trouve(ByVal texte As String, ByVal morceaux As String) As Boolean
    Dim morceau As Variant
    For Each morceau In Split(morceaux, "|")
        If InStr(texte, morceau) > 0 Then Trouve = True
    Next morceau
End Function


' Where Python says what went wrong.
Private Function DerniereLigne(ByVal texte As String) As String
    Dim lignes As Variant
    Dim i As Long
    lignes = Split(Replace(texte, vbCr, vbLf), vbLf)
    For i = UBound(lignes) To 0 Step -1
        If Trim$(lignes(i)) <> "" Then
            DerniereLigne = Abreger(Trim$(lignes(i)), 250)
            Exit Function
        End If
    Next i
    DerniereLigne = Fr("sans autre pr&eacute;cision")
End Function
