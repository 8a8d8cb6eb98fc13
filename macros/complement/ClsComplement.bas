Attribute VB_Name = "ClsComplement"
Option Explicit

' The CLS tab of the add-in (ruban_complement.xml): the same buttons, for the workbook in front. It hides where this
' workbook shows its own tab; where the workbook's macros are blocked, it stays and takes their place.
' Callbacks have other names than the workbook's: Excel finds them by name alone.

Private mRuban As IRibbonUI


' The workbook that a click is about: the one in front. Nothing where none is open.
Public Function LeClasseur() As Workbook
    Set LeClasseur = ActiveWorkbook
End Function


Public Sub ComplementCharge(ribbon As IRibbonUI)
    Set mRuban = ribbon
End Sub


Public Sub ComplementVisible(control As IRibbonControl, ByRef visible)
    visible = Not MacrosDuClasseurActives()
End Sub


Public Sub ComplementConsolider(control As IRibbonControl)
    Consolider
End Sub


Public Sub ComplementControler(control As IRibbonControl)
    Controler
End Sub


Public Sub ComplementSyntheseArs(control As IRibbonControl)
    SyntheseArs
End Sub


Public Sub ComplementBilan(control As IRibbonControl)
    Bilan
End Sub


Public Sub ComplementPresentation(control As IRibbonControl)
    Presentation
End Sub


Public Sub ComplementRelances(control As IRibbonControl)
    Relances
End Sub


Public Sub ComplementVerifier(control As IRibbonControl)
    VerifierInstallation
End Sub


' Another workbook comes to the front: is the tab still wanted?
Public Sub ActualiserRuban()
    On Error Resume Next
    If Not mRuban Is Nothing Then mRuban.Invalidate
End Sub


' Do the macros of the workbook in front answer?
Private Function MacrosDuClasseurActives() As Boolean
    Dim lue As Variant
    On Error Resume Next
    If ActiveWorkbook Is Nothing Then Exit Function
    If Not ActiveWorkbook.HasVBProject Then Exit Function
    lue = Application.Run("'" & Replace(ActiveWorkbook.Name, "'", "''") & "'!VersionDesMacros")
    MacrosDuClasseurActives = (Err.Number = 0)
End Function
