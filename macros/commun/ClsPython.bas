Attribute VB_Name = "ClsPython"
Option Explicit

' From a click to Python and back: what would prevent it is said before, what failed is said after, in French, with a
' remedy and a way round. xlwings' own module calls ShowError, PythonIntrouvable, LiaisonMacAbsente and AnnoncerTravail.

' Raised when these modules, or what they call in Python, change; cls_workbook/version.py says the same.
Public Const VERSION_DES_MACROS As String = "3"

' Before anything else is imported: the current folder, which a blank in the path stands for, is no place for code.
Private Const SANS_DOSSIER_COURANT As String = "import sys; sys.path[:] = filter(None, sys.path); "

' Pieces of what Windows and macOS say, parted by bars. What cmd.exe writes comes in the code page of the console, in that
' of Windows or in UTF-8, where a letter with an accent is one sign or two: it is a question mark here.
Private Const ACCES_REFUSE As String = "access is denied|acc?s refus|acc?s est refus|permission refus|permission denied|iwshshell|80070005|-2147024891"
Private Const STRATEGIE As String = "group policy|strat?gie de groupe|strat?gie de restriction|application control|gie de contr?le|" & _
    "device guard|applocker|software restriction|blocked by your|bloqu? par votre|administrateur a bloqu?"
Private Const ANTIVIRUS As String = "virus|ind?sirable|unwanted|malveillant|malicious"
Private Const INTROUVABLE As String = "is not recognized|pas reconnu|python was not found|python est introuvable|9009|sp?cifi? est introuvable|cannot find the"
Private Const AUTOMATISATION As String = "-1743|not authorized to send apple events|v?nements apple|declined permission"

Private mTravail As String      ' what was asked
Private mAutrement As String    ' how to get it without a macro
Private mCalcul As Long         ' how Excel calculated before Python; 0: not known


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
    RetenirExcel
    RunPython SANS_DOSSIER_COURANT & commande
    #If Not Mac Then
        RemettreExcel   ' on a Mac, Python is at work still; it puts Excel back itself
    #End If
    Exit Sub
Panne:
    faute = Err.Description
    RemettreExcel
    If Trouve(LCase$(faute), ACCES_REFUSE) Then
        Refuser MessageEnfantsInterdits()   ' Python did not even start
    Else
        Refuser MessageDePanne(faute)
    End If
End Sub


Private Sub RetenirExcel()
    On Error Resume Next
    mCalcul = 0
    mCalcul = Application.Calculation
End Sub


' As it was before the click, even where Python was stopped half-way.
Private Sub RemettreExcel()
    On Error Resume Next
    If mCalcul <> 0 Then Application.Calculation = mCalcul
    Application.ScreenUpdating = True
    Application.StatusBar = False
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
    ElseIf InStr(livre.Name, "=") > 0 Then
        ObstacleDuClasseur = Fr("Le nom de ce classeur contient le signe &laquo;&nbsp;=&nbsp;&raquo;, que la liaison avec Python ne comprend pas. " & _
            "Enregistrez-le sous un autre nom, sans ce signe, puis recommencez.")
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
    RemettreExcel
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
    ElseIf Trouve(bas, "unknown option -p") Then
        MessageDePanne = Fr("Ce Python est trop ancien&nbsp;: ") & PythonInscrit() & Fr(". Installez Python 3.11 ou plus r&eacute;cent, " & _
            "puis cliquez sur &laquo;&nbsp;V&eacute;rifier l&rsquo;installation&nbsp;&raquo;.")
    ElseIf Trouve(bas, INTROUVABLE) Then
        MessageDePanne = MessagePythonAbsent()
    ElseIf Trouve(bas, AUTOMATISATION) Then
        MessageDePanne = Fr("macOS n&rsquo;autorise pas encore Python &agrave; piloter Excel. Dans R&eacute;glages Syst&egrave;me, Confidentialit&eacute; et s&eacute;curit&eacute;, " & _
            "Automatisation, cochez &laquo;&nbsp;Microsoft Excel&nbsp;&raquo;, puis recommencez.")
    ElseIf Trouve(bas, "permissionerror") Then
        MessageDePanne = Fr("Un fichier n&rsquo;a pas pu &ecirc;tre lu ou &eacute;crit&nbsp;: ") & DerniereLigne(texte) & Fr(". " & _
            "Fermez-le s&rsquo;il est ouvert ailleurs, ou choisissez un autre dossier, puis recommencez.")
    ElseIf Trouve(bas, STRATEGIE) Then
        MessageDePanne = Fr("Une strat&eacute;gie de votre organisme interdit ce programme. " & _
            "Demandez au service informatique de l&rsquo;autoriser&nbsp;: ") & PythonInscrit()
    ElseIf Trouve(bas, ANTIVIRUS) Then
        MessageDePanne = Fr("L&rsquo;antivirus a arr&ecirc;t&eacute; Python. " & _
            "Demandez au service informatique d&rsquo;admettre ce programme&nbsp;: ") & PythonInscrit()
    ElseIf Trouve(bas, ACCES_REFUSE) Then
        MessageDePanne = Fr("Windows ou l&rsquo;antivirus emp&ecirc;che Excel de lancer Python. " & _
            "Demandez au service informatique d&rsquo;autoriser ce programme&nbsp;: ") & PythonInscrit()
    Else
        MessageDePanne = Fr("L&rsquo;outil s&rsquo;est arr&ecirc;t&eacute; sur une erreur impr&eacute;vue&nbsp;: ") & DerniereLigne(texte) & vbLf & _
            Fr("Cliquez sur &laquo;&nbsp;V&eacute;rifier l&rsquo;installation&nbsp;&raquo;. Si tout y est en ordre, transmettez le d&eacute;tail de l&rsquo;erreur (") & CheminDuJournal() & Fr(").")
    End If
End Function


' The rule of Microsoft Defender that health bodies switch on, and what does the same.
Public Function MessageEnfantsInterdits() As String
    MessageEnfantsInterdits = Fr("Une r&egrave;gle de s&eacute;curit&eacute; de votre organisme emp&ecirc;che Excel de lancer un autre programme (celle de Microsoft Defender " & _
        "sur les processus enfants des applications Office, par exemple). Elle est courante dans la sant&eacute;, et rien n&rsquo;est &agrave; r&eacute;parer ici&nbsp;: " & _
        "la page locale, dans un navigateur, et la ligne de commande font le m&ecirc;me travail, avec les m&ecirc;mes fichiers. " & _
        "Le service informatique peut aussi admettre une exception pour ce programme&nbsp;: ") & PythonInscrit()
End Function


' Is one of these pieces in the text?
Private Function Trouve(ByVal texte As String, ByVal morceaux As String) As Boolean
    Dim morceau As Variant
    For Each morceau In Split(morceaux, "|")
        If texte Like "*" & morceau & "*" Then Trouve = True
        If texte Like "*" & Replace(morceau, "?", "??") & "*" Then Trouve = True
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
