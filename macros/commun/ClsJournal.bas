Attribute VB_Name = "ClsJournal"
Option Explicit

' What Python wrote when it failed: xlwings keeps it in a file and deletes it, a copy stays for whoever will help.

Private Const JOURNAL As String = "cls-workbook-erreur.txt"


Public Function LireJournal(ByVal chemin As String) As String
    On Error Resume Next
    LireJournal = ReadFile(chemin)
End Function


Public Function CheminDuJournal() As String
    #If Mac Then
        CheminDuJournal = Environ("HOME") & "/" & JOURNAL
    #Else
        CheminDuJournal = Environ("TEMP") & "\" & JOURNAL
    #End If
End Function


Public Sub GarderJournal(ByVal texte As String)
    Dim numero As Integer
    On Error Resume Next
    numero = FreeFile
    Open CheminDuJournal() For Output As #numero
    Print #numero, texte
    Close #numero
End Sub


' An empty command: may Excel start a program at all? "" if it may, else what Windows says.
Public Function LancerUnEssai() As String
    #If Not Mac Then
        On Error Resume Next
        CreateObject("WScript.Shell").Run "cmd.exe /C exit 0", 0, True
        If Err.Number <> 0 Then LancerUnEssai = Err.Number & " " & Err.Description
    #End If
End Function
