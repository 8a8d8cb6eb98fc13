Attribute VB_Name = "ClsTexte"
Option Explicit

' French texts, and the message box that shows them.
' The sources are plain ASCII, so that no code page can spoil them: accents are written as in HTML.

Private Const TITRE As String = "CLS"
Private Const LONGUEUR_MAX As Long = 1000   ' MsgBox cuts a little above


' "&eacute;" and the like become the characters that they stand for.
Public Function Fr(ByVal texte As String) As String
    Dim signes As Variant
    Dim i As Long
    signes = Array("&agrave;", 224, "&acirc;", 226, "&ccedil;", 231, "&egrave;", 232, "&eacute;", 233, _
        "&ecirc;", 234, "&icirc;", 238, "&ocirc;", 244, "&ugrave;", 249, "&ucirc;", 251, "&Agrave;", 192, _
        "&Eacute;", 201, "&nbsp;", 160, "&sect;", 167, "&laquo;", 171, "&middot;", 183, "&raquo;", 187, _
        "&oelig;", 339, "&mdash;", 8212, "&rsquo;", 8217, "&hellip;", 8230)
    For i = 0 To UBound(signes) Step 2
        texte = Replace(texte, signes(i), ChrW(signes(i + 1)))
    Next i
    Fr = texte
End Function


Public Function EntreGuillemets(ByVal texte As String) As String
    EntreGuillemets = Fr("&laquo;&nbsp;") & texte & Fr("&nbsp;&raquo;")
End Function


Public Sub Dire(ByVal texte As String, ByVal image As Long)
    MsgBox Abreger(texte, LONGUEUR_MAX), image, TITRE
End Sub


Public Function Demander(ByVal texte As String) As Boolean
    Demander = (MsgBox(Abreger(texte, LONGUEUR_MAX), vbYesNo + vbQuestion, TITRE) = vbYes)
End Function


Public Function Abreger(ByVal texte As String, ByVal longueur As Long) As String
    If Len(texte) > longueur Then texte = Left$(texte, longueur - 1) & Fr("&hellip;")
    Abreger = texte
End Function
