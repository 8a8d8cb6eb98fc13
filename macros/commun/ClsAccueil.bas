Attribute VB_Name = "ClsAccueil"
Option Explicit

' The cells of Accueil, found by their hidden keys, in the workbook that a click is about (LeClasseur: ClsRuban says
' which in a workbook, ClsComplement in the add-in).

Private Const DERNIERE_LIGNE As Long = 150
Private Const COLONNE_LIBELLE As Long = 2
Private Const COLONNE_VALEUR As Long = 3


' What Accueil says of a key such as "accueil/dossier"; "" where it says nothing.
Public Function Reponse(ByVal cle As String) As String
    Dim cellule As Range
    Set cellule = CelluleDe(cle)
    If Not cellule Is Nothing Then
        If Not IsError(cellule.Value) Then Reponse = CStr(cellule.Value)
    End If
End Function


' Writes a text beside its key, if Accueil has this key. What cannot be written is not worth an error.
Public Sub EcrireReponse(ByVal cle As String, ByVal texte As String)
    Dim cellule As Range
    On Error Resume Next
    Set cellule = CelluleDe(cle)
    If Not cellule Is Nothing Then cellule.Value = texte
End Sub


Private Function CelluleDe(ByVal cle As String) As Range
    Dim feuille As Worksheet
    Dim ligne As Long
    Dim marque As String
    If LeClasseur() Is Nothing Then Exit Function
    marque = Fr("&sect;") & cle
    For Each feuille In LeClasseur().Worksheets
        For ligne = 1 To DERNIERE_LIGNE
            If EstLeTexte(feuille.Cells(ligne, 1).Value, marque) Then
                If feuille.Cells(ligne, COLONNE_LIBELLE).Value <> "" Then Set CelluleDe = feuille.Cells(ligne, COLONNE_VALEUR)
                Exit Function
            End If
        Next ligne
    Next feuille
End Function


Private Function EstLeTexte(ByVal valeur As Variant, ByVal texte As String) As Boolean
    If VarType(valeur) = vbString Then EstLeTexte = (valeur = texte)
End Function
